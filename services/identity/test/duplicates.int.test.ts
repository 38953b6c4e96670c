/** Two writers that do not see each other append one touchpoint to two streams of an EventStoreDB. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { touchpointStream } from '@throughline/contracts';
import {
  openEventStore,
  openMirrorReader,
  runMirror,
  type EventStoreLog,
  type RecordedEvent,
} from '@throughline/event-log';
import { DEFAULT_RULES, Rules } from '@throughline/identity';
import { openIdentityStore } from '@throughline/read-model';
import { startDevNode, type Engine } from '../../../infra/engines/index.mjs';
import { runIdentity } from '../src/index.ts';

const ADA = 'a'.repeat(32);
const BOB = 'b'.repeat(32);
const ID = '5f0e7a63-6c54-5c1e-8a40-2f9d3c1b7e55';

let dir: string;
let node: Engine;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'throughline-duplicates-'));
  node = await startDevNode({ dir: join(dir, 'node') });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await node.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** A host: its mirror, which can be stopped as one that lags would be, and a writer. */
function host(name: string): { log: EventStoreLog; mirrorDir: string; lag(): Promise<void> } {
  const mirrorDir = join(dir, name);
  const stopping = new AbortController();
  const mirror = runMirror({ url: node.address, dir: mirrorDir, signal: stopping.signal });
  const lag = () => {
    stopping.abort();
    return mirror;
  };
  const log = openEventStore({ url: node.address, mirrorDir });
  closing.push(lag, () => log.close());
  return { log, mirrorDir, lag };
}

const touchpoint = (subject: string) => ({
  stream: touchpointStream(subject),
  expectedRevision: -1,
  events: [
    {
      id: ID,
      type: 'call.ended',
      occurredAt: 1_000,
      data: { keys: [{ type: 'email', key: subject }], facts: {} },
      metadata: { source: 'phone', sourceId: '1', schema: 1 },
    },
  ],
});

/** Runs identity until it has looked at everything. */
async function decide(mirrorDir: string, writer: EventStoreLog): Promise<void> {
  const log = openMirrorReader({ dir: mirrorDir });
  const store = openIdentityStore({ dir: join(dir, 'identity') });
  const done = new AbortController();
  const head = await log.head();
  const rules = new Rules(DEFAULT_RULES, ({ value }) => value);
  const onProgress = ({ through }: { through: string }) => through >= head && done.abort();
  await runIdentity({ log, writer, store, rules, signal: done.signal, racing: true, onProgress });
  await store.close();
  await log.close();
}

test('the later copy is declared a duplicate in its own stream, once, however often identity looks', async () => {
  const [one, two] = [host('one'), host('two')];
  await two.log.caughtUp();
  await two.log.append([
    { ...touchpoint(BOB), stream: 'warm-up', events: [{ ...touchpoint(BOB).events[0]!, id: ID.replace('5f', '6f') }] },
  ]);
  await two.lag();
  expect(await one.log.append([touchpoint(ADA)])).toEqual([expect.objectContaining({ ok: true })]);
  expect(await two.log.append([touchpoint(BOB)])).toEqual([expect.objectContaining({ ok: true })]);
  await one.log.caughtUp();

  await decide(one.mirrorDir, one.log);
  rmSync(join(dir, 'identity'), { recursive: true });
  await one.log.caughtUp();
  await decide(one.mirrorDir, one.log);

  const inStream = async (subject: string) => {
    const events: Pick<RecordedEvent, 'type' | 'data'>[] = [];
    for await (const { type, data } of one.log.readStream(touchpointStream(subject))) events.push({ type, data });
    return events;
  };
  expect((await inStream(ADA)).map(({ type }) => type)).toEqual(['call.ended']);
  const copy = await inStream(BOB);
  expect(copy.map(({ type }) => type)).toEqual(['call.ended', 'touchpoint.duplicated']);
  expect(copy[1]!.data).toEqual({ keys: [], facts: { touchpointId: ID } });
});
