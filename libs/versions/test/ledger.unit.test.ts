import { describe, expect, test } from '@jest/globals';
import { documentsAt, keptVersions, liveVersion, story, type VersionDecision } from '../src/index.ts';
import { asked, codeOf, Ledger } from './given.ts';

const SO_ALREADY: VersionDecision = { ok: true, events: [] };
const refused = (reason: string) => ({ ok: false, reason });
const shown = (ledger: Ledger) =>
  keptVersions(ledger.state, ledger.hash).map(({ role, does, version }) => [role, does, version]);

describe('a projection', () => {
  test('of which nothing was ever asked gives its readers the shipped definitions', () => {
    const ledger = new Ledger();
    expect(shown(ledger)).toEqual([['live', 'follow', ledger.hash({})]]);
  });

  test('builds a version beside the live one, which goes on being given', () => {
    const ledger = new Ledger();
    const replay = ledger.start({ score: 'other' });
    const name = ledger.hash({ score: 'other' });
    expect(shown(ledger)).toEqual([
      ['live', 'follow', ledger.hash({})],
      ['candidate', 'build', name],
    ]);
    ledger.do(ledger.built(replay));
    expect(shown(ledger)[1]).toEqual(['candidate', 'follow', name]);
  });

  test('calls the same definitions, built again, by the next number that was never given', () => {
    const ledger = new Ledger();
    const name = ledger.hash({});
    ledger.of('cancel', ledger.start({}));
    const again = ledger.candidate({});
    expect(ledger.state.replays.get(again)!.version).toBe(`${name}.3`);
    ledger.promote(again);
    ledger.retire(name);
    ledger.start({});
    expect(shown(ledger).map(([, , version]) => version)).toEqual([`${name}.3`, `${name}.4`]);
  });

  test('has one replay open at a time', () => {
    const ledger = new Ledger();
    const first = ledger.start();
    const another = { id: 'x', type: 'start', data: { documents: {}, source: 'copy', ...asked } } as const;
    expect(ledger.do(another)).toEqual(refused('REPLAY_OPEN'));
    ledger.of('pause', first);
    expect(ledger.do(another)).toEqual(refused('REPLAY_OPEN'));
    ledger.of('cancel', first);
    expect(ledger.do(another)).toMatchObject({ ok: true });
  });
});

describe('a replay', () => {
  test('is paused and resumed, and asked twice it is so already', () => {
    const ledger = new Ledger();
    const replay = ledger.start();
    expect(ledger.of('resume', replay)).toEqual(SO_ALREADY);
    expect(ledger.of('pause', replay)).toMatchObject({ events: [{ type: 'replay.paused' }] });
    expect(shown(ledger)[1]![1]).toBe('rest');
    expect(ledger.of('pause', replay)).toEqual(SO_ALREADY);
    expect(ledger.of('resume', replay)).toMatchObject({ events: [{ type: 'replay.resumed' }] });
    expect(shown(ledger)[1]![1]).toBe('build');
  });

  test('that is built as it is paused is built', () => {
    const ledger = new Ledger();
    const replay = ledger.start();
    ledger.of('pause', replay);
    ledger.do(ledger.built(replay));
    expect(ledger.stateOf(replay)).toBe('built');
    expect(ledger.of('pause', replay)).toEqual(refused('ALREADY_BUILT'));
    expect(ledger.of('resume', replay)).toEqual(refused('ALREADY_BUILT'));
    expect(ledger.do(ledger.built(replay))).toEqual(SO_ALREADY);
  });

  test('that failed keeps what it built until it is resumed or cancelled', () => {
    const ledger = new Ledger();
    const replay = ledger.start();
    const failed = { replay, code: 'read-model-full', detail: 'd' };
    ledger.do({ id: 'f', type: 'replay.failed', data: failed });
    expect(ledger.state.replays.get(replay)).toMatchObject({ state: 'failed', failed: { code: 'read-model-full' } });
    expect(shown(ledger)[1]![1]).toBe('rest');
    expect(ledger.do({ id: 'g', type: 'replay.failed', data: failed })).toEqual(SO_ALREADY);
    expect(ledger.of('pause', replay)).toEqual(refused('HAS_FAILED'));
    expect(ledger.of('promote', replay)).toEqual(refused('NOT_BUILT'));
    expect(ledger.do(ledger.built(replay))).toEqual(refused('HAS_FAILED'));
    ledger.of('resume', replay);
    expect(ledger.state.replays.get(replay)).not.toHaveProperty('failed');
    ledger.do(ledger.built(replay));
    expect(ledger.stateOf(replay)).toBe('built');
    expect(ledger.do({ id: 'h', type: 'replay.failed', data: failed })).toEqual(refused('ALREADY_BUILT'));
  });

  test('that is cancelled is gone, and what a host still tells of it does not matter', () => {
    const ledger = new Ledger();
    const replay = ledger.start();
    expect(ledger.of('cancel', replay)).toMatchObject({ events: [{ type: 'replay.cancelled' }] });
    expect(shown(ledger)).toHaveLength(1);
    expect(ledger.of('cancel', replay)).toEqual(SO_ALREADY);
    expect(ledger.do(ledger.built(replay))).toEqual(refused('IS_OVER'));
    for (const what of ['pause', 'resume', 'promote', 'request-diff'] as const)
      expect(ledger.of(what, replay)).toEqual(refused('IS_OVER'));
  });

  test('that there is not is refused', () => {
    const ledger = new Ledger();
    for (const what of ['pause', 'resume', 'cancel', 'promote', 'request-diff'] as const)
      expect(ledger.of(what, 'x')).toEqual(refused('NO_SUCH_REPLAY'));
    expect(ledger.do({ ...ledger.built('x', 'v'), id: 'b' })).toEqual(refused('NO_SUCH_REPLAY'));
  });
});

describe('promotion', () => {
  test('gives readers the candidate, and keeps the one before', () => {
    const ledger = new Ledger();
    const replay = ledger.candidate();
    ledger.promote(replay);
    expect(shown(ledger)).toEqual([
      ['live', 'follow', ledger.hash({ score: 'other' })],
      ['previous', 'follow', ledger.hash({})],
    ]);
    expect(ledger.of('promote', replay)).toEqual(SO_ALREADY);
    expect(ledger.of('cancel', replay)).toEqual(refused('IS_LIVE'));
  });

  test('is of what is built whole', () => {
    const ledger = new Ledger();
    const replay = ledger.start({ score: 'other' }, { sample: { digits: 1 } });
    expect(ledger.of('promote', replay)).toEqual(refused('IS_A_SAMPLE'));
    ledger.do(ledger.built(replay));
    expect(ledger.of('promote', replay)).toEqual(refused('IS_A_SAMPLE'));
    ledger.of('cancel', replay);
    const whole = ledger.start();
    expect(ledger.of('promote', whole)).toEqual(refused('NOT_BUILT'));
    ledger.of('pause', whole);
    expect(ledger.of('promote', whole)).toEqual(refused('NOT_BUILT'));
  });

  test('of another lets the one from before the previous go', () => {
    const ledger = new Ledger();
    const [second, third] = [{ score: 2 }, { score: 3 }];
    const a = ledger.candidate(second);
    ledger.promote(a);
    ledger.promote(ledger.candidate(third));
    expect(shown(ledger).map(([role, , version]) => [role, version])).toEqual([
      ['live', ledger.hash(third)],
      ['previous', ledger.hash(second)],
    ]);
    expect(ledger.of('promote', a)).toEqual(refused('IS_PREVIOUS'));
    ledger.promote(ledger.candidate({ score: 4 }));
    expect(ledger.stateOf(a)).toBe('retired');
    expect(ledger.of('promote', a)).toEqual(refused('IS_OVER'));
  });
});

describe('rolling back', () => {
  test('gives readers the one before; what was live is a candidate again', () => {
    const ledger = new Ledger();
    const before = liveVersion(ledger.state, ledger.hash).version;
    const replay = ledger.candidate();
    ledger.promote(replay);
    ledger.rollBack();
    expect(shown(ledger)).toEqual([
      ['live', 'follow', before],
      ['candidate', 'follow', ledger.hash({ score: 'other' })],
    ]);
    expect(ledger.rollBack()).toEqual(refused('NO_PREVIOUS'));
    ledger.promote(replay);
    expect(ledger.stateOf(replay)).toBe('promoted');
  });

  test('while another replay is open lets what was live go', () => {
    const ledger = new Ledger();
    const bad = ledger.candidate();
    ledger.promote(bad);
    const better = ledger.start({ score: 'better' });
    ledger.rollBack();
    expect([ledger.stateOf(bad), ledger.stateOf(better)]).toEqual(['retired', 'building']);
    expect(shown(ledger).map(([role]) => role)).toEqual(['live', 'candidate']);
  });

  test('is not possible once the one before was retired', () => {
    const ledger = new Ledger();
    const shipped = ledger.hash({});
    expect(ledger.retire(shipped)).toEqual(refused('IS_LIVE'));
    const replay = ledger.candidate();
    expect(ledger.retire(ledger.hash({ score: 'other' }))).toEqual(refused('IS_CANDIDATE'));
    ledger.promote(replay);
    expect(ledger.retire(shipped)).toMatchObject({ events: [{ type: 'version.retired' }] });
    expect(ledger.retire(shipped)).toEqual(SO_ALREADY);
    expect(ledger.retire('x')).toEqual(refused('NO_SUCH_VERSION'));
    expect(ledger.rollBack()).toEqual(refused('NO_PREVIOUS'));
    expect(shown(ledger)).toHaveLength(1);
  });
});

describe('a comparison', () => {
  const requested = (ledger: Ledger, replay: string) => {
    const decision = ledger.of('request-diff', replay);
    return decision.ok ? decision.events[0]!.id : decision.reason;
  };

  test('is of the live version and the built candidate, at its own position', () => {
    const ledger = new Ledger();
    const replay = ledger.start();
    expect(requested(ledger, replay)).toBe('NOT_BUILT');
    ledger.do(ledger.built(replay));
    const id = requested(ledger, replay);
    expect(ledger.state.diffs.get(id)).toEqual({
      id,
      replay,
      from: ledger.hash({}),
      to: ledger.hash({ score: 'other' }),
      requestedAt: 3000,
      position: '0000000000000003',
      released: false,
    });
  });

  test('is made once, one at a time', () => {
    const ledger = new Ledger();
    const replay = ledger.candidate();
    const diff = requested(ledger, replay);
    expect(requested(ledger, replay)).toBe('DIFF_PENDING');
    const release = { id: 'r1', type: 'diff.released', data: { diff } } as const;
    expect(ledger.do(release)).toMatchObject({ events: [release] });
    expect(ledger.do({ ...release, id: 'r2' })).toEqual(SO_ALREADY);
    expect(ledger.do({ id: 'm1', type: 'diff.made', data: { diff, failed: 'view-lost' } })).toMatchObject({ ok: true });
    expect(ledger.do({ id: 'm2', type: 'diff.made', data: { diff, failed: 'internal' } })).toEqual(SO_ALREADY);
    expect(ledger.state.diffs.get(diff)).toMatchObject({ released: true, failed: 'view-lost' });
    expect(ledger.do({ ...release, id: 'r3', data: { diff: 'x' } })).toEqual(refused('NO_SUCH_DIFF'));
    expect(ledger.state.diffs.has(requested(ledger, replay))).toBe(true);
  });

  test('of a candidate that is cancelled lets the live version go on', () => {
    const ledger = new Ledger();
    const replay = ledger.candidate();
    const diff = requested(ledger, replay);
    expect(ledger.of('cancel', replay)).toMatchObject({
      events: [
        { type: 'diff.released', data: { diff } },
        { type: 'diff.made', data: { diff, failed: 'cannot-replay' } },
        { type: 'replay.cancelled' },
      ],
    });
  });

  test('with a version that is retired meanwhile comes to nothing', () => {
    const ledger = new Ledger();
    const replay = ledger.candidate();
    const diff = requested(ledger, replay);
    ledger.do({ id: 'r', type: 'diff.released', data: { diff } });
    ledger.promote(replay);
    expect(ledger.retire(ledger.hash({}))).toMatchObject({
      events: [{ type: 'diff.made', data: { diff, failed: 'cannot-replay' } }, { type: 'version.retired' }],
    });
  });
});

describe('a command', () => {
  test('that is sent again under its id changes nothing, whatever has happened since', () => {
    const ledger = new Ledger();
    const start = { id: 'r', type: 'start', data: { documents: { a: 1, b: 2 }, source: 'copy', ...asked } } as const;
    ledger.do(start);
    const again = { ...start, data: { source: 'copy', documents: { b: 2, a: 1 }, ...asked } } as const;
    expect(ledger.do(again)).toEqual(SO_ALREADY);
    ledger.of('cancel', 'r');
    expect(ledger.do(again)).toEqual(SO_ALREADY);
  });

  test('under the id of another is refused', () => {
    const ledger = new Ledger();
    const replay = ledger.candidate();
    const promote = { id: 'p', type: 'promote', data: { replay, ...asked } } as const;
    expect(ledger.do({ ...promote, id: replay })).toEqual(refused('ID_TAKEN'));
    ledger.do(promote);
    expect(ledger.do(promote)).toEqual(SO_ALREADY);
    expect(ledger.do({ ...promote, data: { ...promote.data, reason: 'Another.' } })).toEqual(refused('ID_TAKEN'));
    expect(ledger.do({ ...promote, data: { ...promote.data, replay: 'x' } })).toEqual(refused('ID_TAKEN'));
    expect(ledger.do({ id: 'p', type: 'roll-back', data: asked })).toEqual(refused('ID_TAKEN'));
  });
});

describe('when other code runs', () => {
  test('every version that is kept is called by what its definitions are by that code', () => {
    const ledger = new Ledger(codeOf(1));
    ledger.promote(ledger.candidate({}));
    ledger.start({ score: 'third' });
    ledger.hash = codeOf(2);
    expect(shown(ledger)).toEqual([
      ['live', 'follow', `${codeOf(2)({})}.2`],
      ['previous', 'follow', codeOf(2)({})],
      ['candidate', 'build', codeOf(2)({ score: 'third' })],
    ]);
  });

  test('a built candidate is built anew before it is compared or promoted', () => {
    const ledger = new Ledger(codeOf(1));
    const replay = ledger.candidate();
    ledger.hash = codeOf(2);
    const name = codeOf(2)({ score: 'other' });
    expect(shown(ledger)[1]).toEqual(['candidate', 'build', name]);
    expect(ledger.of('promote', replay)).toEqual(refused('MADE_BY_OTHER_CODE'));
    expect(ledger.of('request-diff', replay)).toEqual(refused('MADE_BY_OTHER_CODE'));
    expect(ledger.do(ledger.built(replay, name))).toMatchObject({ events: [{ data: { version: name } }] });
    expect(ledger.do(ledger.built(replay, name))).toEqual(SO_ALREADY);
    ledger.promote(replay);
    expect(shown(ledger)[0]).toEqual(['live', 'follow', name]);
  });

  test('that ships what a candidate tries, the two still have names of their own', () => {
    const ledger = new Ledger(codeOf(1, { score: 'old' }));
    ledger.candidate({ score: 'new' });
    ledger.hash = codeOf(2, { score: 'new' });
    const name = ledger.hash({});
    expect(shown(ledger)).toEqual([
      ['live', 'follow', name],
      ['candidate', 'build', `${name}.2`],
    ]);
  });
});

describe('the story', () => {
  test('tells what readers were given, from when to when, by whom and why', () => {
    const ledger = new Ledger();
    const [shipped, other] = [ledger.hash({}), ledger.hash({ score: 'other' })];
    ledger.promote(ledger.candidate());
    ledger.rollBack();
    const { reigns, events } = story(ledger.state);
    expect(reigns).toMatchObject([
      { version: shipped, documents: {}, by: 'shipped', from: undefined, until: 3000 },
      { version: other, documents: { score: 'other' }, by: 'promotion', from: 3000, until: 4000, ...asked },
      { version: shipped, documents: {}, by: 'rollback', from: 4000, until: undefined, ...asked },
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      'replay.requested',
      'replay.built',
      'version.promoted',
      'version.rolled-back',
    ]);
    expect([2999, 3000, 3999, 4000].map((ms) => documentsAt(ledger.state, ms))).toEqual([
      {},
      { score: 'other' },
      { score: 'other' },
      {},
    ]);
  });

  test('holds no report of a comparison', () => {
    const ledger = new Ledger();
    const replay = ledger.candidate();
    ledger.of('request-diff', replay);
    const diff = [...ledger.state.diffs.keys()][0]!;
    ledger.do({ id: 'm', type: 'diff.made', data: { diff, report: { projection: 'cem' } as never } });
    expect(ledger.state.diffs.get(diff)!.report).toEqual({ projection: 'cem' });
    expect(story(ledger.state).events.at(-1)!.data).toEqual({ diff });
  });
});
