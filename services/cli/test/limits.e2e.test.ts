/** Services apart, with something that has come to its end: Redis' memory, the log's disk, the broker. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { START, touchpointId, TOUCHPOINT_PREFIX } from '@throughline/contracts';
import { openMirrorReader } from '@throughline/event-log';
import { simulate } from '@throughline/simulator';
import { newsOf, readChanges } from '../../../libs/changes/test/support/channel.ts';
import { Apart, canRunFleet } from './fleet-kit.ts';
import { expectViewsToBeAFreshFold } from './fresh-fold.ts';

jest.setTimeout(240_000);

const CHANGES = 'throughline.changes';
const EACH = 600;
const VIEWS = ['crm', 'cem', 'balance'] as const;

type Touchpoint = ReturnType<typeof simulate> extends Iterable<infer T> ? T : never;

const all = [...simulate({ customers: 150, days: 100, seed: 23, until: Date.UTC(2026, 9, 1) })];
const message = (touchpoint: Touchpoint) => {
  const [first] = touchpoint.data.identifiers ?? [];
  return { key: first ? `${first.type}:${first.value}` : touchpoint.id, value: JSON.stringify(touchpoint) };
};

/** Runs a command of the system to its end. */
function system(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
}

const suite = canRunFleet('what has come to its end') ? describe : describe.skip;

suite('When something has come to its end', () => {
  const apart = new Apart();
  const sent: Touchpoint[] = [];
  const next = (count = EACH): Touchpoint[] => {
    const some = all.slice(sent.length, sent.length + count);
    sent.push(...some);
    return some;
  };
  const post = async (touchpoints: readonly Touchpoint[]) => {
    const answer = await fetch(`${apart.url}/touchpoints`, { method: 'POST', body: JSON.stringify(touchpoints) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const total = async (figure: string): Promise<number> => {
    const each = await Promise.all(VIEWS.map((view) => apart.figureOf(`${view}-projection`, figure)));
    return each.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  };
  const idsInLog = async (): Promise<string[]> => {
    const mirror = openMirrorReader({ dir: apart.mirror });
    const ids: string[] = [];
    for await (const { events } of mirror.read({ after: START, prefixes: [TOUCHPOINT_PREFIX] })) {
      ids.push(...events.filter(({ type }) => type !== 'touchpoint.duplicated').map(({ id }) => id));
    }
    await mirror.close();
    return ids.sort();
  };
  /** A channel sends some of them twice. */
  const idsSent = () => [...new Set(sent.map(({ source, id }) => touchpointId(source, id)))].sort();

  beforeAll(async () => {
    expect(all.length).toBeGreaterThan(4 * EACH);
    await apart.start({}, { KAFKA_CHANGES_TOPIC: CHANGES });
    await apart.publish(next().map(message));
    await apart.settled();
  });
  afterAll(() => apart.stop());

  test('without memory in Redis touchpoints are taken, views stand still and say so, and catch up afterwards', async () => {
    const redis = (limit: string) =>
      system('redis-cli', '-u', apart.addressOf('redis'), 'config', 'set', 'maxmemory', limit);
    const failuresBefore = await total('throughline_part_failures_total');
    redis('1');
    await apart.publish(next().map(message));
    expect(await post(next(50))).toMatchObject({ status: 200, body: { quarantined: [] } });
    await apart.until(async () => (await apart.uncommitted()) === 0);
    await apart.until(async () => (await total('throughline_part_failures_total')) > failuresBefore);
    await apart.until(async () => (await idsInLog()).length === idsSent().length);
    expect(await apart.isInEveryView()).toBe(false);
    expect(apart.said).toContain('read-model-full');
    redis('0');
    await apart.settled();
    await expectViewsToBeAFreshFold(apart);
  });

  test('with a full disk under the log senders are told to come again, nothing is committed, and nothing is lost', async () => {
    const disk = join(apart.folder, 'eventstore', 'data');
    const segments = readdirSync(disk, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.seg'));
    const largest = Math.max(...segments.map((name) => statSync(join(disk, name)).size));
    const before = await idsInLog();
    // What fits stays half a record: what a disk does that fills up while it is written to.
    const limit = (bytes: number | 'unlimited') =>
      system('prlimit', '--pid', String(apart.pidOf('eventstore')), `--fsize=${bytes}:`);
    limit(largest + 100);
    const refused = next(50);
    // Whoever waits is answered when the log has been waited for long enough.
    const answering = post(refused);
    const uncommitted = next();
    await apart.publish(uncommitted.map(message));
    const answer = await answering;
    expect(answer.body).toMatchObject({ retry: true, code: expect.stringMatching(/^log-/), status: answer.status });
    expect([503, 507]).toContain(answer.status);
    await apart.until(async () => (await apart.figureOf('ingestion', 'throughline_kafka_paused')) === 1);
    await sleep(1_500);
    expect(await apart.uncommitted()).toBe(uncommitted.length);
    expect(await idsInLog()).toEqual(before);
    limit('unlimited');
    expect(await post(refused)).toMatchObject({ status: 200 });
    await apart.settled();
    expect(await idsInLog()).toEqual(idsSent());
  });

  test('without the broker views go on, what channels are to be told waits, and is told afterwards', async () => {
    const memoryBefore = await total('process_resident_memory_bytes');
    const comeBack = await apart.loseEngine('kafka');
    expect(await post(next())).toMatchObject({ status: 200 });
    await apart.until(() => apart.isInEveryView());
    await apart.until(async () => (await total('throughline_changes_waiting')) > 0);
    expect((await total('process_resident_memory_bytes')) - memoryBefore).toBeLessThan(VIEWS.length * (100 << 20));
    await comeBack();
    await apart.until(async () => (await total('throughline_changes_waiting')) === 0);
    const customers = await apart.get<{ total: number }>('/customers', { limit: '1' });
    const news = [...newsOf(await readChanges(apart.addressOf('kafka'), CHANGES)).values()].map((told) => told.at(-1)!);
    for (const view of VIEWS) {
      const there = news.filter(({ projection, what }) => projection === view && what !== 'gone');
      expect([view, there.length]).toEqual([view, customers.total]);
    }
    await expectViewsToBeAFreshFold(apart);
  });
});
