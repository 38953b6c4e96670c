import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addToBloom, mayHold, newBloom } from '../src/embedded/bloom.ts';
import { NOWHERE, type IndexPart, type RevisionSpan } from '../src/embedded/index-part.ts';
import { idKey, newKey, streamKey, uuidWords } from '../src/embedded/key.ts';
import { sealRecords, writeRecord } from '../src/embedded/record.ts';
import { makeRun } from '../src/embedded/run-writer.ts';
import { Run } from '../src/embedded/run.ts';
import { TailIndex } from '../src/embedded/tail-index.ts';
import { NO_STREAM } from '../src/port.ts';
import { inFolder } from './support/folder.ts';

const HIGHEST = 0xffff_ffff;
const keyOfId = (id: string) => {
  const key = newKey();
  uuidWords(id, key);
  return idKey(key, key);
};
const keyOfStream = (stream: string) => streamKey(stream, newKey());

/** Ids as sources make them: random ones, and ones that differ in a few bits at either end. */
const anyId = fc.oneof(
  fc.uuid(),
  fc.nat(300).map((n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`),
  fc.nat(300).map((n) => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`),
);
const anyStream = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('clock', 'identity-v1') },
  { weight: 2, arbitrary: fc.nat(40).map((n) => `s-${n}`) },
);
/** Events by id and stream, in the order of the log. */
const anyEvents = fc.uniqueArray(fc.record({ id: anyId, stream: anyStream }), {
  selector: ({ id }) => id,
  maxLength: 400,
});

interface Placed {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
}

/** The events with their revisions, and their records one after the other from the log's offset `base` on. */
function placed(events: readonly { id: string; stream: string }[], base: number, next = new Map<string, number>()) {
  const buffer = Buffer.alloc(events.length * 200);
  let length = 0;
  const all = events.map(({ id, stream }): Placed => {
    const revision = next.get(stream) ?? 0;
    next.set(stream, revision + 1);
    const position = base + length;
    const text = { id, type: 't', occurredAt: 0, data: '{}', personal: undefined, metadata: '{}' };
    length += writeRecord(buffer, length, text, {
      position,
      stream,
      revision,
      recordedAt: 0,
      ordinal: 0,
      isLast: true,
    });
    return { id, stream, revision, position };
  });
  sealRecords(buffer, 0, length, base);
  return { all, bytes: buffer.subarray(0, length) };
}

function expectSame(part: IndexPart, all: readonly Placed[], spans: readonly RevisionSpan[]): void {
  for (const { id, position } of all) expect(part.positionOf(keyOfId(id))).toBe(position);
  expect(part.positionOf(keyOfId('ffffffff-ffff-4fff-8fff-ffffffffffff'))).toBe(NOWHERE);
  expect(part.lastRevision(keyOfStream('unknown'), Infinity)).toBe(NO_STREAM);
  for (const stream of new Set(all.map((event) => event.stream))) {
    const own = all.filter((event) => event.stream === stream);
    expect(part.lastRevision(keyOfStream(stream), Infinity)).toBe(own[own.length - 1]!.revision);
    for (const span of spans) {
      const inside = own.filter(({ revision }) => revision >= span.lowest && revision <= span.highest);
      const wanted = (span.backwards ? inside.reverse() : inside).map(({ position }) => position).slice(0, 25);
      const found: number[] = [];
      part.positions(keyOfStream(stream), span, 25, found);
      expect(found).toEqual(wanted);
    }
  }
  expect(part.events).toBe(all.length);
}

const anySpans = fc.array(
  fc
    .tuple(fc.nat(200), fc.nat(200), fc.boolean())
    .map(([a, b, backwards]) => ({ lowest: Math.min(a, b), highest: Math.max(a, b), backwards })),
  { maxLength: 3 },
);
const ends: RevisionSpan[] = [
  { lowest: 0, highest: HIGHEST, backwards: false },
  { lowest: 0, highest: HIGHEST, backwards: true },
];

describe('Keys', () => {
  test('a stream has the key that MurmurHash3 gives its name', () => {
    const hex = (text: string) => [...keyOfStream(text)].map((word) => word.toString(16).padStart(8, '0')).join('');
    expect(hex('')).toBe('00000000000000000000000000000000');
    expect(hex('The quick brown fox jumps over the lazy dog')).toBe('2f1583c3ecee2c675d7bf66ce5e91d2c');
  });

  test('no two ids share a key', () => {
    fc.assert(fc.property(anyId, anyId, (a, b) => (a === b) === (String(keyOfId(a)) === String(keyOfId(b)))));
  });

  test('regular ids have evenly spread keys', () => {
    const quarters = [0, 0, 0, 0];
    for (let n = 0; n < 1000; n++)
      quarters[keyOfId(`00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`)[0]! >>> 30]!++;
    for (const count of quarters) expect(count).toBeGreaterThan(200);
  });

  test('what is no UUID is refused', () => {
    for (const text of [
      '',
      'x',
      '0'.repeat(36),
      '00000000-0000-4000-8000-00000000000g',
      '00000000-0000-4000-8000-0000000000000',
    ]) {
      expect(uuidWords(text, newKey())).toBe(false);
    }
  });
});

describe('A filter', () => {
  test('holds all that was put in and little else', () => {
    const bloom = newBloom(10_000);
    const key = (n: number) => keyOfStream(`s-${n}`);
    for (let n = 0; n < 10_000; n++) addToBloom(bloom, key(n));
    let wrong = 0;
    for (let n = 0; n < 10_000; n++) {
      expect(mayHold(bloom, key(n))).toBe(true);
      if (mayHold(bloom, key(-1 - n))) wrong++;
    }
    expect(wrong).toBeLessThan(300);
  });
});

describe('The index of a segment', () => {
  test('in memory answers as a map does', () => {
    fc.assert(
      fc.property(anyEvents, anySpans, (events, spans) => {
        const { all } = placed(events, 0);
        const index = new TailIndex(0);
        for (const { id, stream, revision, position } of all)
          index.add(keyOfId(id), keyOfStream(stream), revision, position);
        expectSame(index, all, [...ends, ...spans]);
      }),
      { numRuns: 40 },
    );
  });

  test('in memory forgets what was rolled back, and nothing else', () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, fc.nat(400), (before, after, cut) => {
        const { all } = placed(before, 0);
        const index = new TailIndex(0);
        for (const { id, stream, revision, position } of all)
          index.add(keyOfId(id), keyOfStream(stream), revision, position);
        const kept = all.slice(0, cut);
        const end = all[cut]?.position ?? 1e6;
        index.truncate(end);
        expectSame(index, kept, ends);

        const revisions = new Map(kept.map(({ stream, revision }) => [stream, revision + 1]));
        const known = new Set(kept.map(({ id }) => id));
        const more = placed(
          after.filter(({ id }) => !known.has(id)),
          end,
          revisions,
        ).all;
        for (const { id, stream, revision, position } of more)
          index.add(keyOfId(id), keyOfStream(stream), revision, position);
        expectSame(index, [...kept, ...more], ends);
      }),
      { numRuns: 40 },
    );
  });

  test('grows to any size', () => {
    const index = new TailIndex(0);
    const ids = Array.from({ length: 10_000 }, (_, n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`);
    ids.forEach((id, n) => index.add(keyOfId(id), keyOfStream(`s-${n % 5000}`), Math.floor(n / 5000), n));
    expect(ids.every((id, n) => index.positionOf(keyOfId(id)) === n)).toBe(true);
    expect(index.lastRevision(keyOfStream('s-1'), Infinity)).toBe(1);
    expect(index.lastRevision(keyOfStream('s-1'), 5001)).toBe(0);
  });

  test('on disk answers as a map does, and so do several merged', async () => {
    await inFolder(async (dir) => {
      let round = 0;
      fc.assert(
        fc.property(anyEvents, fc.array(fc.nat(400), { maxLength: 3 }), anySpans, (events, cuts, spans) => {
          const folder = join(dir, String(round++));
          mkdirSync(folder);
          const bounds = [0, ...cuts.filter((cut) => cut > 0 && cut < events.length), events.length].sort(
            (a, b) => a - b,
          );
          const revisions = new Map<string, number>();
          const all: Placed[] = [];
          const runs: string[] = [];
          let from = 0;
          for (let i = 1; i < bounds.length; i++) {
            const segment = placed(events.slice(bounds[i - 1], bounds[i]), from, revisions);
            if (segment.all.length === 0) continue;
            all.push(...segment.all);
            const [path, target] = [join(folder, `${i}.seg`), join(folder, `${i}.run`)];
            writeFileSync(path, segment.bytes);
            const to = from + segment.bytes.length;
            makeRun({ kind: 'build', segment: path, from, to, target });
            const run = new Run(target);
            expectSame(run, segment.all, [...ends, ...spans]);
            run.close();
            runs.push(target);
            from = to;
          }
          if (runs.length === 0) return;
          makeRun({ kind: 'merge', runs, target: join(folder, 'all.run') });
          const merged = new Run(join(folder, 'all.run'));
          expectSame(merged, all, [...ends, ...spans]);
          expect(merged.facts).toMatchObject({ from: 0, to: from, level: 1 });
          merged.close();
        }),
        { numRuns: 40 },
      );
    });
  });
});
