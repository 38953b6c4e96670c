import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keyOf, touchpointStream, type Key, type Position } from '@throughline/contracts';
import { openLog, type Append, type EmbeddedLog, type NewEvent } from '@throughline/event-log';
import { DEFAULT_RULES, Rules, type IdentityRules } from '@throughline/identity';
import { openIdentityReader, openIdentityStore } from '@throughline/read-model';
import { identityFolder, runIdentity, startIdentity } from '../src/index.ts';
import { happenings, OTHER_RULES } from './happenings.mjs';

const SECRET = new Uint8Array(32);
const CHILD = fileURLToPath(new URL('./platform-child.mjs', import.meta.url));
const isBuilt = existsSync(new URL('../dist/worker.js', import.meta.url));

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'throughline-identity-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const key = (type: string, value: string): Key => ({ type, key: keyOf(SECRET, { type, value }) });
const ada = key('email', 'ada@example.com');
const phone = key('phone', '+12025550143');
const visitor = key('visitor', 'v1');
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function write(
  log: EmbeddedLog,
  stream: string,
  event: Pick<NewEvent, 'id' | 'type' | 'data'> & Partial<Pick<NewEvent, 'occurredAt' | 'metadata'>>,
): Promise<Position> {
  const [expectedRevision] = await log.revisions([stream]);
  const [result] = await log.append([
    { stream, expectedRevision: expectedRevision!, events: [{ occurredAt: 0, metadata: {}, ...event }] },
  ]);
  if (!result!.ok) throw new Error(result!.reason);
  return result!.position;
}

const touch = (log: EmbeddedLog, n: number, keys: Key[], occurredAt = n) =>
  write(log, touchpointStream(keys[0]!.key), {
    id: uuid(n),
    type: 'page.viewed',
    occurredAt,
    data: { keys: keys.map((k) => ({ ...k })), facts: {} },
    metadata: { $correlationId: `call-${n}`, $traceparent: `trace-${n}`, source: 'shop' },
  });

const retract = (log: EmbeddedLog, n: number, touchpoint: number, home: Key) =>
  write(log, touchpointStream(home.key), {
    id: uuid(n),
    type: 'touchpoint.retracted',
    data: { keys: [], facts: { touchpointId: uuid(touchpoint) } },
  });

async function decisions(log: EmbeddedLog, rules = 1) {
  const all = [];
  for await (const event of log.readStream(`identity-v${rules}`)) all.push(event);
  return all;
}

/** Identity beside an open log, and a way to wait for it. */
function start(
  log: EmbeddedLog,
  folder = 'log',
): ReturnType<typeof startIdentity> & { reaches(position: Position): Promise<void> } {
  let through = '';
  let waiting: { position: Position; done(): void }[] = [];
  const running = startIdentity({
    log: { engine: 'embedded', dir: join(data, folder), signal: log.signal },
    graph: identityFolder(data),
    views: { engine: 'embedded', dir: data },
    writer: log,
    secret: SECRET,
    watch: {
      causes: false,
      onFollowed: (followed) => {
        ({ through } = followed);
        for (const { position, done } of waiting) if (through >= position) done();
        waiting = waiting.filter(({ position }) => through < position);
      },
    },
  });
  const reaches = (position: Position) =>
    through >= position
      ? Promise.resolve()
      : Promise.race([running.ended, new Promise<void>((done) => waiting.push({ position, done }))]);
  return { ...running, reaches };
}

describe('identity along the log', () => {
  test('what it decides is in the log, names its cause, and can be asked for by other threads', async () => {
    const log = await openLog({ dir: join(data, 'log') });
    const identity = start(log);
    await touch(log, 1, [ada, visitor]);
    const position = await touch(log, 2, [phone]);
    const last = await touch(log, 3, [ada, phone]);
    await identity.reaches(last);

    const [linked, merged, ...more] = await decisions(log);
    expect(more).toEqual([]);
    expect(linked).toMatchObject({
      type: 'keys.linked',
      data: { customer: ada.key, keys: [visitor], causeId: uuid(1) },
    });
    expect(linked!.metadata).toEqual({
      $causationId: uuid(1),
      $correlationId: 'call-1',
      $traceparent: 'trace-1',
      schema: 1,
    });
    expect(merged).toMatchObject({
      type: 'customers.merged',
      data: { customer: ada.key, absorbed: phone.key, keys: [phone], cause: last },
    });
    expect(position < last).toBe(true);

    const reader = openIdentityReader({ dir: identityFolder(data) });
    expect(await reader.progress()).toMatchObject({ lastDecision: merged!.position });
    expect(await reader.ask((graph) => graph.members(ada.key))).toEqual([ada.key, phone.key, visitor.key].sort());
    expect(await reader.ask((graph) => graph.key(phone.key))).toMatchObject({ type: 'phone', customer: ada.key });
    await reader.close();
    await identity.stop();
    await log.close();
  });

  test('a retracted touchpoint no longer links; the next one that shows the same takes its place', async () => {
    const log = await openLog({ dir: join(data, 'log') });
    const identity = start(log);
    await touch(log, 1, [ada, phone]);
    await touch(log, 2, [ada, phone]);
    await touch(log, 3, [ada, phone]);
    await retract(log, 4, 1, ada);
    await identity.reaches(await retract(log, 5, 3, ada));
    const reader = openIdentityReader({ dir: identityFolder(data) });
    expect(await reader.ask((graph) => graph.edge(ada.key, phone.key))).toMatchObject({ first: { id: uuid(2) } });
    expect((await decisions(log)).map(({ type }) => type)).toEqual(['keys.linked']);

    await identity.reaches(await retract(log, 6, 2, ada));
    expect((await decisions(log)).at(-1)).toMatchObject({
      type: 'customer.split',
      data: { from: ada.key, customer: phone.key, keys: [phone] },
    });
    expect(await reader.ask((graph) => graph.edge(ada.key, phone.key))).toBeUndefined();
    await reader.close();
    await identity.stop();
    await log.close();
  });

  test('a graph that is missing comes back from the log, and no decision is written twice', async () => {
    const log = await openLog({ dir: join(data, 'log') });
    for (const { stream, event } of happenings(300)) await write(log, stream, event);
    const before = start(log);
    await before.reaches(await log.head());
    await before.stop();
    const [once, head] = [await decisions(log), await log.head()];
    expect(once.length).toBeGreaterThan(100);

    rmSync(identityFolder(data), { recursive: true });
    const again = start(log);
    await again.reaches(head);
    expect(await log.head()).toBe(head);
    expect((await decisions(log)).map(({ id }) => id)).toEqual(once.map(({ id }) => id));
    await again.stop();
    await log.close();
  });

  test('a graph of another log is not gone on with: all is decided anew', async () => {
    const other = await openLog({ dir: join(data, 'other') });
    const elsewhere = start(other, 'other');
    for (let n = 1; n <= 5; n++) await touch(other, n, [ada, visitor]);
    await elsewhere.reaches(await other.head());
    await elsewhere.stop();
    await other.close();

    const log = await openLog({ dir: join(data, 'log') });
    for (let n = 11; n <= 20; n++) await touch(log, n, [ada, phone]);
    const identity = start(log);
    await identity.reaches(await log.head());
    expect((await decisions(log)).map(({ type }) => type)).toEqual(['keys.linked']);
    const reader = openIdentityReader({ dir: identityFolder(data) });
    expect(await reader.ask((graph) => graph.members(ada.key))).toEqual([ada.key, phone.key].sort());
    await reader.close();
    await identity.stop();
    await log.close();
  });

  test('other rules of the same version are refused', async () => {
    const log = await openLog({ dir: join(data, 'log') });
    const identity = start(log);
    await identity.reaches(await touch(log, 1, [ada, phone]));
    await identity.stop();
    const store = openIdentityStore({ dir: identityFolder(data) });
    const rules = new Rules({ ...DEFAULT_RULES, maxKeys: 3 }, ({ value }) => value);
    await expect(
      runIdentity({ log, writer: log, store, rules, signal: new AbortController().signal }),
    ).rejects.toMatchObject({ code: 'rules-changed' });
    await store.close();
    await log.close();
  });

  test('a second writer of decisions is noticed, not joined', async () => {
    const log = await openLog({ dir: join(data, 'log') });
    await write(log, 'identity-v1', { id: uuid(99), type: 'keys.linked', data: {} });
    await touch(log, 1, [ada, phone]);
    const identity = start(log);
    await expect(identity.ended).rejects.toMatchObject({ code: 'wrong-revision' });
    await log.close();
  });

  test('an append whose outcome is unknown is sent again, the very same', async () => {
    const log = await openLog({ dir: join(data, 'log') });
    const position = await touch(log, 1, [ada, phone]);
    const store = openIdentityStore({ dir: identityFolder(data) });
    const sent: (readonly Append[])[] = [];
    const shaky = {
      async append(appends: readonly Append[]) {
        sent.push(appends);
        const results = await log.append(appends);
        if (sent.length < 3) throw Object.assign(new Error('unavailable'), { code: 'log-full' });
        return results;
      },
    };
    const stopping = new AbortController();
    const rules = new Rules(DEFAULT_RULES, ({ value }) => value);
    const onProgress = ({ through }: { through: Position }) => void (through >= position && stopping.abort());
    await runIdentity({ log, writer: shaky, store, rules, signal: stopping.signal, onProgress });
    expect(sent).toHaveLength(3);
    expect(sent[2]).toEqual(sent[0]);
    expect(await decisions(log)).toHaveLength(1);
    expect((await store.progress()).lastDecision).toBe((await decisions(log))[0]!.position);
    await store.close();
    await log.close();
  });
});

if (!isBuilt) console.warn('Skipped: killing identity needs its built thread. Run `npx tsc -b services/identity`.');

const COUNT = 2500;

(isBuilt ? test : test.skip)(
  'killed at any moment, again and again, it decides exactly what it would have decided undisturbed',
  async () => {
    const round = (killAfter: number | undefined) =>
      new Promise<string>((resolve, reject) => {
        const child = fork(CHILD, [data, String(COUNT)], { execArgv: [] });
        let outcome = 'killed';
        child.on('message', (said: string) => {
          if (said === 'done') outcome = 'done';
          else if (said.startsWith('failed')) return reject(new Error(said));
          if (said === 'done') child.kill('SIGKILL');
          else if (killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter);
        });
        child.on('exit', () => resolve(outcome));
      });
    for (let n = 0; n < 8; n++) await round(n * 23);
    expect(await round(undefined)).toBe('done');

    const log = await openLog({ dir: join(data, 'log') });
    for (const rules of [DEFAULT_RULES, OTHER_RULES]) await isAsUndisturbed(log, rules);
    await log.close();
  },
);

/** Whether what was decided by these rules is what one run decides that nobody kills; and the graph that was kept, too. */
async function isAsUndisturbed(log: EmbeddedLog, document: IdentityRules): Promise<void> {
  const undisturbed: NewEvent[] = [];
  const stopping = new AbortController();
  const head = await log.head();
  const store = openIdentityStore({ dir: join(data, `undisturbed-${document.version}`) });
  await runIdentity({
    log,
    writer: {
      async append(appends) {
        undisturbed.push(...appends.flatMap(({ events }) => events));
        return appends.map(({ expectedRevision, events }) => ({
          ok: true,
          revision: expectedRevision + events.length,
          position: head,
          repeated: false,
        }));
      },
    },
    store,
    rules: new Rules(document, (identifier) => keyOf(SECRET, identifier)),
    signal: stopping.signal,
    onProgress: ({ through }) => void (through >= head && stopping.abort()),
  });
  const decided = await decisions(log, document.version);
  expect(decided.map(({ id, type, data }) => ({ id, type, data }))).toEqual(
    undisturbed.map(({ id, type, data }) => ({ id, type, data })),
  );
  expect(new Set(decided.map(({ type }) => type)).size).toBe(4);

  const kept = openIdentityReader({
    dir: document.version === 1 ? identityFolder(data) : `${identityFolder(data)}-v2`,
  });
  for (const { event } of happenings(COUNT)) {
    for (const { key } of (event.data['keys'] as unknown as Key[] | undefined) ?? [])
      expect(await kept.ask((graph) => graph.key(key))).toEqual(store.graph.key(key));
  }
  await kept.close();
  await store.close();
}
