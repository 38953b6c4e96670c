/** What an engineer reads while a version is built, before it is started, and of what became of those before. */
import { describe, expect, test } from '@jest/globals';
import type { EstimateAnswer, KeptAnswer, ReplayAnswer, VersionsAnswer } from '../src/api/replays.ts';
import type { Standing } from '../src/replay/replays.ts';
import { documentsText } from '../src/show/documents.ts';
import { estimateText } from '../src/show/estimate.ts';
import { metricText } from '../src/show/metric.ts';
import { buildingRow, nextStep, standingText } from '../src/show/standing.ts';
import { versionsText } from '../src/show/versions.ts';

const SHIPPED = { score: { name: 'experience-score', version: 1, shipped: true } };
const SECOND = { score: { name: 'experience-score', version: 2, shipped: false } };
const LIVE: KeptAnswer = {
  version: '6a1f09b2c3d4e5f6',
  role: 'live',
  documents: SHIPPED,
  replay: null,
  bytes: 1_234_567,
};
const CANDIDATE: KeptAnswer = {
  version: '9b2c11d0e9f8a7b6.12',
  role: 'candidate',
  documents: SECOND,
  replay: 'r1',
  bytes: 999_000_000,
};
const BUILDING: ReplayAnswer = {
  errors: [],
  parked: 0,
  replay: 'r1',
  projection: 'balance',
  version: CANDIDATE.version,
  state: 'building',
  documents: SECOND,
  progress: { stage: 'finish', done: 1_234_567, of: 5_000_000, rate: 212_345.6, secondsLeft: 754, resting: false },
};

const standing = (replay: ReplayAnswer | null): Standing => ({
  projection: 'balance',
  versions: {
    projection: 'balance',
    live: LIVE.version,
    items: replay ? [LIVE, CANDIDATE] : [LIVE],
    reigns: [],
  },
  replay,
});

const width = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('How projections stand', () => {
  test('is a table of versions, with how far what is being built has come, within 100 columns', () => {
    const text = standingText([standing(BUILDING)]);
    expect(text).toMatchInlineSnapshot(`
     "name     version              state     stage                  done       rate         left     disk
     balance  6a1f09b2c3d4e5f6     live                                                           1.23 MB
     balance  9b2c11d0e9f8a7b6.12  building  finish  24.7 % of 5,000,000  212,346/s  12 min 34 s   999 MB
     balance is being built. Watch it: npx throughline replay status balance --watch
     "
    `);
    expect(width(text)).toBeLessThanOrEqual(100);
  });

  test('begins with what went wrong', () => {
    const failed = standingText([
      standing(null),
      standing({
        ...BUILDING,
        state: 'failed',
        parked: 2,
        errors: [{ code: 'log-unavailable', detail: 'The server of the log cannot be reached.' }],
      }),
    ]);
    expect(failed.split('\n').slice(0, 2)).toEqual([
      'balance: The server of the log cannot be reached.',
      'balance: 2 could not be folded and are parked.',
    ]);
    expect(failed).toContain('npx throughline replay resume balance');
  });

  test('says that a build gives way, rests, or has nothing told of it yet', () => {
    expect(standingText([standing({ ...BUILDING, progress: { ...BUILDING.progress, resting: true } })])).toContain(
      'gives way',
    );
    const { progress: _, ...silent } = BUILDING;
    expect(standingText([standing(silent)])).toMatch(/building +999 MB/);
    expect(buildingRow(silent)).toEqual({ title: 'balance 9b2c11d0e9f8a7b6.12', share: undefined, note: 'begins' });
    expect(buildingRow({ ...BUILDING, state: 'paused' })).toMatchObject({
      share: 0.2469134,
      note: 'paused  finish  1,234,567 of 5,000,000  212,346/s  12 min 34 s left',
    });
  });

  test.each([
    ['building', 'replay status balance --watch'],
    ['paused', 'replay resume balance'],
    ['failed', 'replay cancel balance'],
    ['built', 'replay diff balance'],
    ['promoted', 'replay rollback balance --reason'],
    ['cancelled', 'replay start balance'],
    ['retired', 'replay start balance'],
  ] as const)('of one that is %s says what to do next', (state, command) => {
    expect(nextStep({ ...BUILDING, state })).toContain(`npx throughline ${command}`);
  });

  test('of a sample says that it cannot be promoted', () => {
    const sample = { ...BUILDING, state: 'built' as const, sample: { digits: 2 } };
    expect(nextStep(sample)).toContain('cannot be promoted');
    expect(standingText([standing(sample)])).toContain('built 2/16');
  });
});

describe('The story of versions', () => {
  const STORY: VersionsAnswer = {
    projection: 'cem',
    live: LIVE.version,
    items: [LIVE, CANDIDATE],
    reigns: [
      {
        version: LIVE.version,
        documents: SHIPPED,
        from: null,
        until: '2026-11-20T10:15:00.000Z',
        by: 'shipped',
        author: null,
        reason: null,
      },
      {
        version: CANDIDATE.version,
        documents: SECOND,
        from: '2026-11-20T10:15:00.000Z',
        until: '2026-11-21T08:00:59.000Z',
        by: 'promotion',
        author: 'ada.lovelace@example.com',
        reason: 'waiting weighs more, as the survey of September says of all who called twice',
      },
      {
        version: LIVE.version,
        documents: SHIPPED,
        from: '2026-11-21T08:00:59.000Z',
        until: null,
        by: 'rollback',
        author: 'bob',
        reason: 'too early',
      },
    ],
  };

  test('tells which was live from when to when, by whom and why, within 100 columns', () => {
    const text = versionsText(STORY);
    expect(text).toMatchInlineSnapshot(`
     "cem
     version              definitions, and why         live from (UTC)   to                by
     6a1f09b2c3d4e5f6     score: experience-score v1   the beginning     2026-11-20 10:15  shipped
                          (shipped)
     9b2c11d0e9f8a7b6.12  score: experience-score v2   2026-11-20 10:15  2026-11-21 08:00  ada.lovelace@…
                          waiting weighs more, as the
                          survey of September says of
                          all who called twice
     6a1f09b2c3d4e5f6     score: experience-score v1   2026-11-21 08:00  now               bob
                          (shipped)
                          rolled back: too early
     9b2c11d0e9f8a7b6.12 stands beside the live one: npx throughline replay status cem
     "
    `);
    expect(width(text)).toBeLessThanOrEqual(100);
  });

  test('begins with what is shipped, and no version’s name', () => {
    const [first] = STORY.reigns;
    const text = versionsText({ ...STORY, items: [LIVE], reigns: [{ ...first!, version: null, until: null }] });
    expect(text).toMatch(/as shipped +score: experience-score v1 +the beginning +now +shipped\n/);
    expect(text).not.toContain('beside the live one');
  });

  test('names definitions by what they call themselves', () => {
    expect(documentsText({ survivorship: { version: 3, shipped: false } })).toBe('survivorship v3');
    expect(documentsText({})).toBe('the shipped definitions');
  });
});

describe('A metric', () => {
  test('says where its method changed, and changed back', () => {
    const metric = { name: 'nps', title: 'NPS', kind: 'nps', unit: 'points', formula: 'x', dimensions: [] } as const;
    const change = {
      at: '2026-11-20T10:15:00.000Z',
      by: 'promotion',
      author: 'ada',
      reason: 'waits weigh more',
    } as const;
    const text = metricText(
      { metric, rows: [], methodChanges: [change, { ...change, by: 'rollback', reason: 'too early' }] },
      [],
    );
    expect(text).toContain('The method changed on 2026-11-20: waits weigh more (ada)\n');
    expect(text).toContain('The method was changed back on 2026-11-20: too early (ada)\n');
  });
});

describe('The cost of a replay', () => {
  const ESTIMATE: EstimateAnswer = {
    projection: 'cem',
    workers: 2,
    sample: { digits: 1 },
    touchpoints: { value: 5_000_000, how: 'What the live version has folded.' },
    seconds: {
      value: 42.5,
      how: 'A trial: 20,000 touchpoints were read and folded on this host, and the rest is as fast as they were.',
    },
    bytes: { value: null, how: 'No version is kept yet from which it could be told.' },
  };

  test('tells each figure and where it is from, and that nothing was started', () => {
    const text = estimateText(ESTIMATE);
    expect(text).toMatchInlineSnapshot(`
     "What a replay of cem would cost  with 2 threads, 1 of 16 of the customers; nothing was started
                              about  because
     touchpoints to read  5,000,000  What the live version has folded.
     time                      43 s  A trial: 20,000 touchpoints were read and folded on this
                                     host, and the rest is as fast as they were.
     disk                 not known  No version is kept yet from which it could be told.
     "
    `);
    expect(width(text)).toBeLessThanOrEqual(100);
    expect(estimateText({ ...ESTIMATE, bytes: { value: 1_234_567, how: 'As the live one.' } })).toContain('1.23 MB');
  });
});
