import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { cemProjection } from '@throughline/cem';
import {
  dayToText,
  IDENTITY,
  NAMESPACE,
  projectionStream,
  touchpointId,
  uuidv5,
  versionOf,
  type JsonObject,
  type Key,
} from '@throughline/contracts';
import { crmProjection } from '@throughline/crm';
import type { RecordedEvent } from '@throughline/event-log';
import fc from 'fast-check';
import { COMPANY, key, PastWorld, requested, retracted, toDay, toldBy, touched, type Written } from './past-world.ts';

const HOUR = 3_600_000;
const BEGIN = Date.parse('2024-01-01T15:00:00Z');

const clock = jest.spyOn(Date, 'now');
const setClock = (ms: number) => clock.mockReturnValue(ms);
afterAll(() => clock.mockRestore());

let world: PastWorld;
beforeEach(async () => {
  setClock(BEGIN);
  world = await PastWorld.open(setClock);
});
afterEach(() => world.close());

const EMAILS = [0, 1, 2, 3].map((n) => key('email', `p${n}@example.com`));
const PHONES = [0, 1, 2].map((n) => key('phone', `+1202555014${n}`));
const ALL = [...EMAILS, ...PHONES];

/** What can happen, as numbers that a history is written from. */
const happening = fc.record({
  kind: fc.constantFrom('touch', 'touch', 'touch', 'touch', 'retract', 'link', 'split', 'move', 'undo'),
  who: fc.nat(3),
  phone: fc.option(fc.nat(2), { freq: 2 }),
  what: fc.nat(3),
  n: fc.nat(99),
  /** Hours since it happened. */
  late: fc.nat(24 * 40),
  /** Hours to the next. */
  wait: fc.integer({ min: 1, max: 70 }),
});
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function written(i: number, it: Happening, now: number, before: readonly Written[]): Written | undefined {
  const pick = (from: readonly Written[]) => from[it.n % from.length];
  const [a, b]: Key[] = [EMAILS[it.who]!, ALL[it.n % ALL.length]!];
  switch (it.kind) {
    case 'retract': {
      const target = pick(
        before.filter(({ type, stream }) => stream.startsWith('touchpoint-') && !type.startsWith('touchpoint.')),
      );
      return target && retracted(i, target, now);
    }
    case 'link':
      return requested(i, 'identity.link-requested', { a: { ...a! }, b: { ...b! } });
    case 'split':
      return a!.key === b!.key
        ? undefined
        : requested(i, 'identity.split-requested', { apart: [{ ...a! }], rest: [{ ...b! }] });
    case 'move': {
      const target = pick(before.filter(({ stream }) => stream.startsWith('touchpoint-')));
      return (
        target &&
        requested(i, 'identity.move-requested', {
          from: target.stream.slice('touchpoint-'.length),
          to: a!.key,
          touchpoints: [target.id],
        })
      );
    }
    case 'undo': {
      const target = pick(
        before.filter(({ stream, type }) => stream === 'identity-requests' && type !== 'identity.request-undone'),
      );
      return target && requested(i, 'identity.request-undone', { requestId: target.id });
    }
    default: {
      const [type, facts] = [
        ['order.placed', { orderId: `o${it.n % 9}`, amount: { minor: 100 * it.n, currency: 'EUR' } }],
        ['call.ended', { outcome: 'answered', waitSeconds: 10 * it.n, talkSeconds: 60 }],
        ['survey.answered', { surveyId: 's', question: 'nps', score: it.n % 11, scaleMin: 0, scaleMax: 10 }],
        ['case.opened', { caseId: `c${it.n % 9}` }],
      ][it.what] as [string, Record<string, never>];
      const keys = it.phone === null ? [a!] : [a!, PHONES[it.phone]!];
      return touched(i, keys, now - it.late * HOUR, type, facts, { channel: 'phone' });
    }
  }
}

async function play(history: readonly Happening[]): Promise<readonly RecordedEvent[]> {
  const all: Written[] = [];
  const recorded: RecordedEvent[] = [];
  let now = BEGIN;
  for (const [i, it] of history.entries()) {
    const next = written(i, it, now, all);
    if (next) {
      all.push(next);
      recorded.push(await world.write(now, next));
    }
    now += it.wait * HOUR;
  }
  setClock(now);
  return recorded;
}

const ask = async (id: string, query: string) => {
  const { status, body } = await world.get(`/customers/${id}?${query}`);
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(JSON.stringify(body));
  const { crm, cem, balance, keys } = body;
  return { id: body.id, keys, crm, cem, balance };
};

describe('a customer as of T, as was known at K', () => {
  test('is what a log would tell that ended at K, by what happened up to T', async () => {
    await fc.assert(
      fc
        .asyncProperty(
          fc.array(happening, { minLength: 5, maxLength: 40, size: 'max' }),
          fc.array(fc.tuple(fc.nat(), fc.nat(24 * 30), fc.boolean()), { minLength: 3, maxLength: 3 }),
          async (history, asked) => {
            const recorded = await play(history);
            for (const [n, back, asDays] of asked) {
              const at = recorded[n % Math.max(1, recorded.length)];
              if (!at) continue;
              const [K, T] = [at.recordedAt, at.recordedAt - back * HOUR];
              const isKnown = asDays ? (ms: number) => toDay(ms) <= toDay(K) : (ms: number) => ms <= K;
              const counts = asDays ? (ms: number) => toDay(ms) <= toDay(T) : (ms: number) => ms <= T;
              const text = (ms: number) => (asDays ? dayToText(toDay(ms)) : new Date(ms).toISOString());
              const known = recorded.filter(({ recordedAt }) => isKnown(recordedAt));
              for (const { key: id } of ALL) {
                const expected = toldBy(known, id, { counts, day: toDay(T) });
                const keys = expected?.keys.map((each) => ({ type: world.typeOf(each), key: each }));
                expect(await ask(id, `asOf=${text(T)}&knownAt=${text(K)}`)).toEqual(
                  expected && JSON.parse(JSON.stringify({ ...expected, keys })),
                );
              }
            }
          },
        )
        .beforeEach(async () => {
          await world.close();
          setClock(BEGIN);
          world = await PastWorld.open(setClock);
        }),
      { numRuns: Number(process.env['RUNS'] ?? 20) },
    );
  }, 300_000);

  test('is told by a day of the company’s to its end, or by an instant', async () => {
    const [ada] = EMAILS as [Key];
    // Half past eleven in the evening in New York, and an hour later.
    for (const [i, time] of ['2024-05-02T03:30:00Z', '2024-05-02T04:30:00Z'].entries()) {
      await world.write(Date.parse(time), call(i, [ada], time));
    }
    setClock(Date.parse('2024-07-01T12:00:00Z'));
    const calls = async (query: string) =>
      (await world.get(`/customers/${ada.key}?${query}`)).body.crm.touchpoints.total;
    expect(await calls('asOf=2024-05-01')).toBe(1);
    expect(await calls('asOf=2024-05-02')).toBe(2);
    expect(await calls('asOf=2024-05-02T04:29:59Z')).toBe(1);
    expect(await calls('asOf=2024-05-02T00:30:00-04:00')).toBe(2);
    expect(await calls('knownAt=2024-05-01')).toBe(1);
    expect(await calls('knownAt=2024-05-02T04:30:00Z')).toBe(2);
    expect(await calls('asOf=2024-04-01')).toBe(0);
    expect((await world.get(`/customers/${ada.key}?knownAt=2024-04-30`)).status).toBe(404);
    const { body } = await world.get(`/customers/${ada.key}?knownAt=2024-06-01`);
    expect([body.asOf, body.knownAt, body.crm.day]).toEqual(['2024-06-01', '2024-06-01', '2024-06-01']);
  });

  test('answers under an id that was merged since as it did then, and names what it is merged into now', async () => {
    const [ada, bob] = EMAILS as [Key, Key];
    const days = [1, 2, 3, 4].map((n) => BEGIN + 24 * HOUR * n);
    await world.write(days[0]!, call(0, [ada], days[0]!));
    await world.write(days[1]!, call(1, [bob], days[1]!));
    await world.write(days[2]!, requested(2, 'identity.link-requested', { a: { ...ada }, b: { ...bob } }));
    setClock(days[3]!);
    const now = (await world.get(`/customers/${bob.key}?asOf=2024-01-04`)).body;
    expect([now.id, now.askedFor, now.crm.touchpoints.total]).toEqual([ada.key, bob.key, 2]);
    const then = (await world.get(`/customers/${bob.key}?knownAt=2024-01-03`)).body;
    expect([then.id, then.askedFor, then.crm.touchpoints.total]).toEqual([bob.key, undefined, 1]);
  });

  test('stands with whom the rules put them with by which views were read then, before and after these were changed', async () => {
    const [ada, bob] = EMAILS as [Key, Key];
    const day = (n: number) => BEGIN + 24 * HOUR * n;
    const { position, id } = await world.write(day(1), call(0, [ada], day(1)));
    await world.write(day(1), call(1, [bob], day(1)));
    const decided = { cause: position, causeId: id, customer: ada.key, keys: [{ ...bob }] };
    const by = (n: number, stream: string, type: string, data: JsonObject) =>
      ({ stream, id: touchpointId('identity', String(n)), type, occurredAt: day(1), data }) as const;
    await world.record(day(1), by(1, 'identity-v2', 'keys.linked', decided));
    const control = (n: number, at: number, type: string, data: JsonObject) =>
      world.record(at, by(n, projectionStream(IDENTITY), type, data));
    await control(2, day(2), 'views.switched', { switch: 'x', to: 'v2' });
    await control(3, day(4), 'views.switched', { switch: 'y', to: 'v1' });
    await world.write(day(5), call(2, [bob], day(5)));
    setClock(day(6));
    const told = async (n: number) => {
      const { body } = await world.get(`/customers/${ada.key}?knownAt=${dayToText(toDay(day(n)))}`);
      return [body.versions.identity, body.keys.length, body.crm.touchpoints.total];
    };
    expect([await told(1), await told(2), await told(3), await told(4)]).toEqual([
      ['v1', 1, 1],
      ['v2', 2, 2],
      ['v2', 2, 2],
      ['v1', 1, 1],
    ]);
  });

  test('has the touchpoints that a steward had moved to them by then, until that was undone', async () => {
    const [ada, bob] = EMAILS as [Key, Key];
    const day = (n: number) => BEGIN + 24 * HOUR * n;
    const moving = { from: ada.key, to: bob.key, touchpoints: [call(0, [ada], day(0)).id] };
    const moved = requested(2, 'identity.move-requested', moving);
    await world.write(day(0), call(0, [ada], day(0)));
    await world.write(day(0), call(1, [ada], day(0)));
    await world.write(day(1), moved);
    await world.write(day(2), requested(3, 'identity.request-undone', { requestId: moved.id }));
    setClock(day(3));
    const calls = async ({ key: id }: Key, n: number) => {
      const { body } = await world.get(`/customers/${id}?knownAt=${dayToText(toDay(day(n)))}`);
      return body.code ?? body.crm.touchpoints.total;
    };
    expect([await calls(ada, 0), await calls(bob, 0)]).toEqual([2, 'customer-not-found']);
    expect([await calls(ada, 1), await calls(bob, 1)]).toEqual([1, 1]);
    expect([await calls(ada, 2), await calls(bob, 2)]).toEqual([2, 'customer-not-found']);
  });

  test('lacks what identity has not decided on, and says how far it goes', async () => {
    const [ada] = EMAILS as [Key];
    const { position } = await world.write(BEGIN, call(0, [ada], BEGIN));
    await world.record(BEGIN, call(1, [ada], BEGIN));
    const { body } = await world.get(`/customers/${ada.key}?asOf=2024-01-01`);
    expect([body.crm.touchpoints.total, body.position]).toEqual([1, position]);
  });

  test('reads the decisions made since, and no others, of whoever none of them names', async () => {
    const [ada, bob, eve] = EMAILS as [Key, Key, Key];
    let now = BEGIN;
    await world.write(now, call(0, [ada], now));
    for (let n = 1; n <= 200; n++) {
      now += HOUR;
      await world.write(now, call(n, [n % 2 ? bob : eve, key('order', `${n}`)], now));
    }
    setClock(now);
    const read = async (hours: number) => {
      world.reads.decisions = 0;
      expect(
        (await world.get(`/customers/${ada.key}?knownAt=${new Date(now - hours * HOUR).toISOString()}`)).status,
      ).toBe(200);
      return world.reads.decisions;
    };
    expect(await read(0)).toBe(1);
    // Twenty, and those at which the beginning of them is looked for.
    expect(await read(20)).toBeLessThan(20 + 12);
  });

  test('says what it expected of whoever asks for what is not to come, or in no known words', async () => {
    const refused = async (query: string) => {
      const { status, body } = await world.get(`/customers/${ALL[0]!.key}?${query}`);
      return [status, body.code, body.detail];
    };
    expect(await refused('asOf=yesterday')).toEqual([
      400,
      'invalid-query',
      expect.stringMatching(/asOf is a day, such as 2024-05-01/),
    ]);
    expect(await refused('knownAt=2024-02-30')).toEqual([
      400,
      'invalid-query',
      expect.stringMatching(/knownAt is a day/),
    ]);
    expect(await refused('knownAt=2024-01-02')).toEqual([
      400,
      'invalid-query',
      expect.stringMatching(/knownAt is today at the latest/),
    ]);
    expect(await refused('asOf=2023-06-02&knownAt=2023-06-01')).toEqual([
      400,
      'invalid-query',
      expect.stringMatching(/asOf is the day of knownAt at the latest/),
    ]);
    expect(await refused('version=..')).toEqual([
      400,
      'invalid-query',
      expect.stringMatching(/version is written cem:/),
    ]);
    expect((await refused('version=cem:0123456789abcdef'))[1]).toBe('not-found');
  });
});

describe('a version of the definitions', () => {
  const SCORE = JSON.parse(
    readFileSync(new URL('../../../examples/definitions/score-v2.json', import.meta.url), 'utf8'),
  ) as JsonObject;
  const SHIPPED = versionOf(cemProjection(COMPANY));
  const OTHER = versionOf(cemProjection(COMPANY, { score: SCORE }));
  const [ada] = EMAILS as [Key];
  const day = (n: number) => BEGIN + 24 * HOUR * n;
  const asked = { author: 'grace', reason: 'Waiting weighs more.' };
  const control = (n: number, type: string, data: JsonObject): Written => ({
    stream: projectionStream('cem'),
    id: uuidv5(NAMESPACE.control, String(n)),
    type,
    occurredAt: 0,
    data,
  });
  const cem = async (query: string) => {
    const { status, body } = await world.get(`/customers/${ada.key}?asOf=2024-01-02&${query}`);
    return status === 200 ? [body.versions.cem, body.cem.definition, body.cem.score] : [status, body.code];
  };

  beforeEach(async () => {
    await world.write(day(0), call(0, [ada], day(0)));
    await world.write(day(0), survey(1, ada, day(0)));
    const requestedId = control(2, '', {}).id;
    const documents = { score: SCORE };
    await world.write(day(2), control(2, 'replay.requested', { version: OTHER, documents, source: 'copy', ...asked }));
    const given = { from: SHIPPED, to: OTHER, documents, replay: requestedId, ...asked };
    await world.write(day(3), control(3, 'version.promoted', given));
    await world.write(day(5), control(4, 'version.rolled-back', { from: OTHER, to: SHIPPED, documents: {}, ...asked }));
    setClock(day(9));
  });

  test('counts where it was promoted when the customer was known so', async () => {
    const before = await cem(`knownAt=2024-01-03`);
    const promoted = await cem(`knownAt=2024-01-05`);
    expect([before[0], promoted[0]]).toEqual([SHIPPED, OTHER]);
    expect(promoted[2]).not.toEqual(before[2]);
    expect(await cem('knownAt=2024-01-07')).toEqual(before);
  });

  test('can be named, promoted or not: of cem unless another is said', async () => {
    const promoted = await cem(`knownAt=2024-01-05`);
    expect(await cem(`knownAt=2024-01-03&version=${OTHER}`)).toEqual(promoted);
    expect(await cem(`version=cem:${OTHER}.2`)).toEqual([404, 'not-found']);
    expect(await cem(`version=crm:${versionOf(crmProjection(COMPANY))},cem:${OTHER}`)).toEqual(promoted);
    expect((await cem(`knownAt=2024-01-05&version=${SHIPPED}`))[0]).toBe(SHIPPED);
  });

  test('explains the score that is told by it', async () => {
    for (const knownAt of ['2024-01-03', '2024-01-05']) {
      const query = `asOf=2024-01-02&knownAt=${knownAt}`;
      const { cem: told, versions } = (await world.get(`/customers/${ada.key}?${query}`)).body;
      const { body } = await world.get(`/customers/${ada.key}/explain?${query}`);
      expect([body.score, body.versions.cem, body.parts.length]).toEqual([told.score, versions.cem, 2]);
      const points = body.parts.reduce((sum: number, part: { points: number }) => sum + part.points, body.prior);
      expect(points).toBeCloseTo(body.score, 6);
    }
  });
});

describe('the guide', () => {
  test('tells what its example answers', async () => {
    const [ada, adaAtWork] = [key('email', 'ada@example.com'), key('email', 'ada@work.example')];
    const at = (text: string) => Date.parse(`${text}T15:00:00Z`);
    const onTheDay = call(0, [ada], at('2024-04-10'));
    const order = { orderId: 'o1', amount: { minor: 4_000, currency: 'EUR' } };
    await world.write(at('2024-04-10'), onTheDay);
    await world.write(at('2024-04-25'), survey(1, adaAtWork, at('2024-04-25')));
    await world.write(at('2024-05-20'), touched(2, [ada], at('2024-04-20'), 'order.placed', order));
    await world.write(at('2024-06-15'), retracted(3, onTheDay, at('2024-06-15')));
    const link = { a: { ...ada }, b: { ...adaAtWork } };
    await world.write(at('2024-06-20'), requested(4, 'identity.link-requested', link));
    setClock(at('2024-07-01'));

    const guide = readFileSync(new URL('../../../docs/guides/as-of.md', import.meta.url), 'utf8');
    const rows = [...guide.matchAll(/^\| `GET \/customers\/\{id\}\?(\S+)` +\| (.+?) +\| (\d) +\|/gm)];
    expect(rows).toHaveLength(5);
    const told = [];
    for (const [, query] of rows) {
      const { body } = await world.get(`/customers/${ada.key}?${query}`);
      const types = Object.keys(body.crm.touchpoints.byType).map((type) => type.split('.')[0]);
      told.push([query, types.sort().join(', '), String(body.keys.length)]);
    }
    expect(told).toEqual(rows.map(([, query, what, keys]) => [query, what, keys]));
  });
});

function call(n: number, keys: readonly Key[], time: string | number): Written {
  return touched(
    n,
    keys,
    new Date(time).getTime(),
    'call.ended',
    { outcome: 'answered', waitSeconds: 300, talkSeconds: 60 },
    { channel: 'phone' },
  );
}

function survey(n: number, who: Key, time: number): Written {
  const facts = { surveyId: 's', kind: 'relational', question: 'nps', score: 9, scaleMin: 0, scaleMax: 10 };
  return touched(n, [who], time, 'survey.answered', facts, { channel: 'email' });
}
