import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { START, ThroughlineError, uuidv5, NAMESPACE } from '@throughline/contracts';
import { openLog, type EmbeddedLog, type NewEvent } from '@throughline/event-log';
import { Appender } from '../src/appender.ts';

const dir = mkdtempSync(join(tmpdir(), 'appender-'));
let log: EmbeddedLog;
beforeAll(async () => {
  log = await openLog({ dir });
});
afterAll(async () => {
  await log.close();
  rmSync(dir, { recursive: true, force: true });
});

const event = (name: string): NewEvent => ({
  id: uuidv5(NAMESPACE.touchpoint, name),
  type: 'page.viewed',
  occurredAt: 0,
  data: { keys: [], facts: { name } },
  metadata: {},
});
const stream = (n: number) => `touchpoint-${n.toString(16).padStart(32, '0')}`;

/** Several writers of one log, as there are with several processes: each knows nothing of the others. */
const writers = () => Array.from({ length: 4 }, () => new Appender(log));

describe('several writers of one log', () => {
  test('who offer the same events lose races and win none twice', async () => {
    const offers = Array.from({ length: 60 }, (_, n) => ({ event: event(`race-${n}`), stream: stream(n % 5) }));
    const shuffled = (by: number) => offers.map((_, n) => offers[(n * 7 + by) % offers.length]!);
    const outcomes = await Promise.all(
      writers().flatMap((writer, w) =>
        [0, 1, 2].map((part) => writer.append(shuffled(w).slice(part * 20, part * 20 + 20))),
      ),
    );
    expect(outcomes.flat().filter(({ status }) => status === 'accepted')).toHaveLength(60);
    expect(outcomes.flat().filter(({ status }) => status === 'duplicate')).toHaveLength(180);

    const ids: string[] = [];
    for await (const batch of log.read({ after: START })) ids.push(...batch.events.map(({ id }) => id));
    expect(ids.toSorted()).toEqual(offers.map(({ event: { id } }) => id).toSorted());
  });

  test('who send different events to one stream all get on', async () => {
    const outcomes = await Promise.all(
      writers().map((writer, w) =>
        writer.append(Array.from({ length: 10 }, (_, n) => ({ event: event(`own-${w}-${n}`), stream: stream(99) }))),
      ),
    );
    expect(outcomes.flat().every(({ status }) => status === 'accepted')).toBe(true);
    expect(await log.revisions([stream(99)])).toEqual([39]);
  });
});

test('what a server does not take in one append is sent event by event, in order', async () => {
  const small: typeof log = Object.create(log, {
    append: {
      value: (appends: Parameters<EmbeddedLog['append']>[0]) => {
        if (appends.some(({ events }) => events.length > 1)) throw new ThroughlineError('too-large');
        return log.append(appends);
      },
    },
  }) as typeof log;
  const names = Array.from({ length: 12 }, (_, n) => `split-${n}`);
  const outcomes = await new Appender(small).append(
    names.map((name, n) => ({ event: event(name), stream: stream(200 + (n % 2)) })),
  );
  expect(outcomes.every(({ status }) => status === 'accepted')).toBe(true);
  const inOrder: unknown[] = [];
  for await (const { data } of log.readStream(stream(200))) inOrder.push((data['facts'] as { name: string }).name);
  expect(inOrder).toEqual(names.filter((_, n) => n % 2 === 0));
});

test('one event offered to two streams at once has one home', async () => {
  const names = Array.from({ length: 30 }, (_, n) => `homes-${n}`);
  const outcomes = await Promise.all(
    writers().map((writer, w) => writer.append(names.map((name) => ({ event: event(name), stream: stream(200 + w) })))),
  );
  expect(outcomes.flat().filter(({ status }) => status === 'accepted')).toHaveLength(30);
  const duplicates = outcomes.flat().filter(({ status }) => status === 'duplicate');
  expect(duplicates).toHaveLength(90);
});

test('events of one request keep their order within a stream', async () => {
  const names = Array.from({ length: 50 }, (_, n) => `ordered-${n}`);
  await new Appender(log).append(names.map((name) => ({ event: event(name), stream: stream(7) })));
  const seen: unknown[] = [];
  for await (const { data } of log.readStream(stream(7))) seen.push((data['facts'] as { name: string }).name);
  expect(seen).toEqual(names);
});

test('a failed append fails every request that shared it, and the next one goes on', async () => {
  let broken = true;
  const flaky = {
    ...log,
    append: (appends: Parameters<typeof log.append>[0]) =>
      broken ? Promise.reject(new Error('disk')) : log.append(appends),
  };
  const appender = new Appender(flaky);
  const offers = [{ event: event('flaky'), stream: stream(8) }];
  const failed = await Promise.allSettled([appender.append(offers), appender.append(offers)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  broken = false;
  expect(await appender.append(offers)).toMatchObject([{ status: 'accepted' }]);
});
