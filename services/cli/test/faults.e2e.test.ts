/**
 * Services apart under load, with every kind of process killed at random moments, many rounds in a fixed time. Afterwards the
 * invariants of the design (section 11) are checked from outside.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { touchpointId, TOUCHPOINT_PREFIX } from '@throughline/contracts';
import { openMirrorReader, type RecordedEvent } from '@throughline/event-log';
import { simulate } from '@throughline/simulator';
import { Apart, canRunFleet, type EngineName, type Message } from './fleet-kit.ts';
import { expectViewsToBeAFreshFold } from './fresh-fold.ts';

jest.setTimeout(900_000);

const LOAD = 12_000;
const PER_BATCH = 100;
/** The time budget for faults; publishing is spread over it. */
const FAULTS_MS = 75_000;
const SEED = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);

const SERVICES = [
  'ingestion',
  'ingestion-2',
  'identity',
  'identity-2',
  'crm-projection',
  'crm-projection-2',
  'cem-projection',
  'balance-projection',
  'mirror',
  'query-api',
];
const ENGINES: readonly EngineName[] = ['eventstore', 'redis', 'kafka'];

/** The same random numbers at every run with the same seed. */
function randomFrom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

interface Produced {
  readonly message: Message;
  /** The id the log knows it by. */
  readonly id: string;
}

function produced(): Produced[] {
  const all: Produced[] = [];
  for (const touchpoint of simulate({ customers: 800, days: 100, seed: 7, until: Date.UTC(2026, 9, 1) })) {
    const [first] = touchpoint.data.identifiers ?? [];
    const key = first ? `${first.type}:${first.value}` : touchpoint.id;
    all.push({
      message: { key, value: JSON.stringify(touchpoint) },
      id: touchpointId(touchpoint.source, touchpoint.id),
    });
    if (all.length === LOAD) break;
  }
  return all;
}

const suite = canRunFleet('faults under load') ? describe : describe.skip;

suite(`Under load, with everything killed now and then (FAULT_SEED=${SEED})`, () => {
  const apart = new Apart();
  const load = produced();
  const kills: string[] = [];
  const touchpoints: RecordedEvent[] = [];

  beforeAll(async () => {
    await apart.start({ ingestion: 2, identity: 2, 'crm-projection': 2 }, { THROUGHLINE_SHARDS: '2' });
    const random = randomFrom(SEED);
    const until = Date.now() + FAULTS_MS;
    const harming = (async () => {
      while (Date.now() < until) {
        await sleep(300 + random() * 2_500);
        const targets = random() < 0.3 ? ENGINES : SERVICES;
        const target = targets[Math.floor(random() * targets.length)]!;
        kills.push(target);
        if (targets === ENGINES) await apart.killEngine(target as EngineName);
        else await apart.killService(target);
      }
    })();
    const batches = Math.ceil(load.length / PER_BATCH);
    const publishing = (async () => {
      for (let batch = 0; batch < batches; batch++) {
        await apart.publish(load.slice(batch * PER_BATCH, (batch + 1) * PER_BATCH).map(({ message }) => message));
        await sleep(Math.max(0, (until - Date.now()) / (batches - batch) - 50));
      }
    })();
    await Promise.all([harming, publishing]);
    console.log(`${kills.length} kills: ${kills.join(', ')}`);
    await apart.ready();
    await apart.settled();
    const mirror = openMirrorReader({ dir: apart.mirror });
    for await (const { events } of mirror.read({
      after: '' as RecordedEvent['position'],
      prefixes: [TOUCHPOINT_PREFIX],
    }))
      touchpoints.push(...events);
    await mirror.close();
  });
  afterAll(() => apart.stop());

  test('the ids in the log are the ids produced', () => {
    expect(kills.length).toBeGreaterThan(10);
    const inLog = new Set(touchpoints.filter(({ type }) => type !== 'touchpoint.duplicated').map(({ id }) => id));
    const sent = new Set(load.map(({ id }) => id));
    expect([...sent].filter((id) => !inLog.has(id))).toEqual([]);
    expect([...inLog].filter((id) => !sent.has(id))).toEqual([]);
  });

  test('each id is there once, or its later copies are declared duplicates', () => {
    const times = new Map<string, number>();
    for (const { id } of touchpoints) times.set(id, (times.get(id) ?? 0) + 1);
    const declared = new Set(
      touchpoints
        .filter(({ type }) => type === 'touchpoint.duplicated')
        .map(({ data }) => (data as { facts?: { touchpointId?: string } }).facts?.touchpointId),
    );
    expect([...times].filter(([id, n]) => n > 1 && !declared.has(id))).toEqual([]);
  });

  test('each stream has its touchpoints in the order of their partition', () => {
    const place = new Map<string, number>();
    const keyOf = new Map<string, string>();
    load.forEach(({ id, message }, n) => {
      if (!place.has(id)) place.set(id, n);
      keyOf.set(id, message.key);
    });
    const last = new Map<string, number>();
    const outOfOrder: string[] = [];
    for (const { id, stream } of touchpoints) {
      const n = place.get(id);
      if (n === undefined) continue;
      const line = `${stream} ${keyOf.get(id)}`;
      if (n < (last.get(line) ?? -1)) outOfOrder.push(id);
      last.set(line, n);
    }
    expect(outOfOrder).toEqual([]);
  });

  test('every view is what a fresh fold of the log gives', () => expectViewsToBeAFreshFold(apart));
});
