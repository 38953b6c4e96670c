import { describe, expect, test } from '@jest/globals';
import { START, ThroughlineError, type Position } from '@throughline/contracts';
import { partedVersion, type OpenedReader, type VersionShelf } from '@throughline/read-model';
import type { Kept } from '@throughline/versions';
import { keptAlong, Prepared, type Along } from '../src/host/along-identities.ts';

const kept = (version: string, role: Kept['role']): Kept => ({
  version,
  role,
  documents: {},
  since: undefined,
  replay: undefined,
  does: 'follow',
});
const ALL = [kept('aa', 'live'), kept('bb', 'previous')];
const along = (shown: string, ...identities: readonly string[]) => keptAlong(ALL, { shown, kept: identities });
const names = (all: readonly Along[]) => all.map(({ stored, isShown }) => `${stored}${isShown ? ' shown' : ''}`);

describe('What is to be in the store', () => {
  test('is every version by the shipped rules, until there are others', () => {
    expect(names(along('v1', 'v1'))).toEqual(['aa shown', 'bb shown']);
  });

  test('is the live one along whatever readers may be given next, or again; the others along what they are given', () => {
    expect(names(along('v1', 'v1', 'v2'))).toEqual(['aa shown', 'aai2', 'bb shown']);
    expect(names(along('v2', 'v2', 'v1'))).toEqual(['aai2 shown', 'aa', 'bbi2 shown']);
  });
});

describe('What must be built before it can be followed', () => {
  /** What each version in the store says of its progress: a position, or an error; nothing of any other. */
  const shelf = (current: string | undefined, stored: Readonly<Record<string, Position | ThroughlineError>>) => {
    let opened = 0;
    const open = async (version: string) => {
      const said = stored[version];
      if (said === undefined) return undefined;
      opened += 1;
      const progress = async () => {
        if (typeof said !== 'string') throw said;
        return { position: said, day: 1 };
      };
      return { reader: { progress }, close: async () => void (opened -= 1) } as unknown as OpenedReader;
    };
    const both = { current: async () => current, open } as Pick<VersionShelf, 'current' | 'open'>;
    return { prepared: new Prepared(both, (version) => partedVersion(version, 2)), stillOpen: () => opened };
  };
  const [live, next, previous] = along('v1', 'v1', 'v2') as readonly [Along, Along, Along];

  test('is nothing of what is there', async () => {
    const { prepared, stillOpen } = shelf('aax2', {
      aax2: '01' as Position,
      aai2x2: '01' as Position,
      bbx2: '01' as Position,
    });
    for (const each of [live, next, previous]) expect(await prepared.lacks(each, each === live)).toBe(false);
    expect(stillOpen()).toBe(0);
  });

  test('is what has no checkpoint yet, not every part, or nothing at all', async () => {
    const away = new ThroughlineError('view-rebuilding');
    const { prepared, stillOpen } = shelf('aax2', { aax2: '01' as Position, aai2x2: START, bbx2: away });
    expect(await prepared.lacks(live, true)).toBe(false);
    expect(await prepared.lacks(next, false)).toBe(true);
    expect(await prepared.lacks(previous, false)).toBe(true);
    expect(stillOpen()).toBe(0);
  });

  test('is not the live one where readers are given nothing else: it follows from the beginning, and they are given it soon', async () => {
    expect(await shelf(undefined, {}).prepared.lacks(live, true)).toBe(false);
    expect(await shelf('aax2', {}).prepared.lacks(live, true)).toBe(false);
    expect(await shelf('ccx2', {}).prepared.lacks(live, true)).toBe(true);
    expect(await shelf(undefined, {}).prepared.lacks(next, false)).toBe(true);
  });

  test('is no candidate of which a slice was built, and nothing that is built or rests by its replay', async () => {
    const replay = { sample: { numerator: 1, denominator: 16 } } as unknown as NonNullable<Kept['replay']>;
    const { prepared } = shelf('aax2', {});
    expect(await prepared.lacks({ ...previous, role: 'candidate', replay }, false)).toBe(false);
    expect(await prepared.lacks({ ...previous, does: 'build' }, false)).toBe(false);
    expect(await prepared.lacks({ ...previous, does: 'rest' }, false)).toBe(false);
  });

  test('is asked of the store again only while it is not there', async () => {
    const stored: Record<string, Position> = {};
    const { prepared } = shelf('aax2', stored);
    expect(await prepared.has(next)).toBe(false);
    stored['aai2x2'] = '01' as Position;
    expect(await prepared.has(next)).toBe(true);
    delete stored['aai2x2'];
    expect(await prepared.has(next)).toBe(true);
    prepared.keep([live]);
    expect(await prepared.has(next)).toBe(false);
  });
});
