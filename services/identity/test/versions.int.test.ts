/** Identity by several rules beside each other, as its control stream says. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  IDENTITY,
  keyOf,
  projectionStream,
  touchpointStream,
  type IdentityDiff,
  type JsonObject,
  type Key,
  type Position,
} from '@throughline/contracts';
import { openLog, type EmbeddedLog, type NewEvent } from '@throughline/event-log';
import { DEFAULT_RULES } from '@throughline/identity';
import {
  decideVersions,
  evolveVersions,
  identityName,
  initialVersions,
  type Recorded,
  type VersionCommand,
  type VersionsState,
} from '@throughline/versions';
import { identityFolder, startIdentity } from '../src/index.ts';

jest.setTimeout(60_000);

const SECRET = new Uint8Array(32);
const key = (type: string, value: string): Key => ({ type, key: keyOf(SECRET, { type, value }) });
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Nobody is told apart from those they share a phone with, but by the shipped rules they are one. */
const APART = {
  ...DEFAULT_RULES,
  version: 2,
  types: { ...DEFAULT_RULES.types, phone: device() },
} as unknown as JsonObject;

function device() {
  return { ...DEFAULT_RULES.types['visitor']!, priority: 30 };
}

let data: string;
let log: EmbeddedLog;
let identity: ReturnType<typeof startIdentity> | undefined;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'throughline-identities-'));
  log = await openLog({ dir: join(data, 'log') });
});
afterEach(async () => {
  await identity?.stop();
  identity = undefined;
  await log.close();
  rmSync(data, { recursive: true, force: true });
});

function start(): void {
  identity = startIdentity({
    log: { engine: 'embedded', dir: join(data, 'log'), signal: log.signal },
    graph: identityFolder(data),
    views: { engine: 'embedded', dir: data },
    writer: log,
    secret: SECRET,
  });
}

async function put(stream: string, ...events: readonly Pick<NewEvent, 'id' | 'type' | 'data'>[]): Promise<Position> {
  const [revision] = await log.revisions([stream]);
  const whole = events.map((event) => ({ occurredAt: 0, metadata: {}, ...event }));
  const [result] = await log.append([{ stream, expectedRevision: revision!, events: whole }]);
  if (!result!.ok) throw new Error(result!.reason);
  return result!.position;
}

let touches = 0;
const seen = (...keys: readonly Key[]) =>
  put(touchpointStream(keys[0]!.key), {
    id: uuid((touches += 1)),
    type: 'page.viewed',
    data: { keys: keys.map((each) => ({ ...each })), facts: {} },
  });

/** Two people and the phone that they share. */
async function household(n: number): Promise<void> {
  const phone = key('phone', `+4960000${n}`);
  await seen(key('email', `ada${n}@example.com`), phone);
  await seen(key('email', `bob${n}@example.com`), phone);
}

async function ledger(): Promise<VersionsState> {
  let state = initialVersions();
  for await (const event of log.readStream(projectionStream(IDENTITY)))
    state = evolveVersions(state, event as unknown as Recorded);
  return state;
}

async function ask(type: VersionCommand['type'], more: object = {}): Promise<string> {
  const id = randomUUID();
  const asked = { author: 'ada', reason: 'a test', ...more };
  const decided = decideVersions({ id, type, data: asked } as VersionCommand, await ledger(), identityName);
  if (!decided.ok) throw new Error(decided.reason);
  await put(projectionStream(IDENTITY), ...decided.events);
  return id;
}

const begin = (rules: JsonObject = APART) => ask('start', { documents: { rules }, source: 'copy' });
const isIn = async (replay: string, state: string) => (await ledger()).replays.get(replay)?.state === state;

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 800; tries++) {
    if (await holds()) return;
    await rest(25);
  }
  throw new Error(`It never came to this: ${what}.`);
}

async function decisions(rules: number): Promise<number> {
  const [last] = await log.revisions([`identity-v${rules}`]);
  return last! + 1;
}

async function compared(replay: string): Promise<IdentityDiff & { readonly asked: Position }> {
  const diff = await ask('request-diff', { replay });
  await until('compared', async () => (await ledger()).diffs.get(diff)?.report !== undefined);
  const { report, position } = (await ledger()).diffs.get(diff)!;
  return { ...(report as IdentityDiff), asked: position };
}

describe('Rules beside those that decide for readers', () => {
  test('decide on all that is in the log, into a stream of their own, and along with it from then on', async () => {
    for (let n = 0; n < 5; n++) await household(n);
    start();
    await until('decided', async () => (await decisions(1)) >= 10);
    const before = await decisions(1);
    const replay = await begin();
    await until('built', () => isIn(replay, 'built'));
    const position = (await ledger()).recorded.get(replay)!.position;
    expect((await ledger()).replays.get(replay)!.built).toMatchObject({ version: 'v2', through: position });
    expect(await decisions(1)).toBe(before);
    const [one, two] = [await decisions(1), await decisions(2)];
    await household(5);
    await until('both', async () => (await decisions(1)) > one && (await decisions(2)) > two);
  });

  test('are compared on exactly what was there when that was asked, while touchpoints go on arriving', async () => {
    for (let n = 0; n < 3; n++) await household(n);
    start();
    const replay = await begin();
    await until('built', () => isIn(replay, 'built'));
    let isOver = false;
    const arriving = (async () => {
      for (let n = 3; !isOver; n++) await household(n);
    })();
    const report = await compared(replay);
    isOver = true;
    await arriving;
    expect(report).toMatchObject({ kind: 'identity', from: 'v1', to: 'v2', position: report.asked });
    // Each household that was there whole, and no other, is made two, the phone with one of them; half a one is one customer by either.
    const there = (await touchpointsAt(report.asked)) / 2;
    const customers = Math.ceil(there);
    expect(report).toMatchObject({
      split: Math.floor(there),
      merged: 0,
      customers: { from: customers, to: customers },
    });
    expect(report.largest).toMatchObject({ from: { keys: 3 }, to: { keys: 2 } });
  });

  test('decide nothing while they are paused, go on when resumed, and leave no graph behind when cancelled', async () => {
    await household(1);
    start();
    const replay = await begin();
    await until('built', () => isIn(replay, 'built'));
    await ask('cancel', { replay });
    await until('removed', () => !existsSync(`${identityFolder(data)}-v2`));
    const count = await decisions(2);
    const again = await begin({ ...APART, version: 3 });
    await ask('pause', { replay: again });
    await household(2);
    await until('v1', async () => (await decisions(1)) >= 4);
    await rest(500);
    expect(await isIn(again, 'paused')).toBe(true);
    const whilePaused = await decisions(3);
    await household(3);
    await rest(300);
    expect(await decisions(3)).toBe(whilePaused);
    await ask('resume', { replay: again });
    await until('built', () => isIn(again, 'built'));
    expect(await decisions(2)).toBe(count);
  });

  test('that cannot be used end as a replay that failed, and the others go on', async () => {
    await household(1);
    start();
    const replay = await begin({ version: 2 });
    await until('failed', () => isIn(replay, 'failed'));
    expect((await ledger()).replays.get(replay)!.failed).toMatchObject({ code: 'invalid-definition' });
    const before = await decisions(1);
    await household(2);
    await until('v1', async () => (await decisions(1)) > before);
  });

  test('once promoted go on, and so do those from before, until they are retired', async () => {
    await household(1);
    start();
    const replay = await begin();
    await until('built', () => isIn(replay, 'built'));
    await ask('promote', { replay });
    const [one, two] = [await decisions(1), await decisions(2)];
    await household(2);
    await until('both', async () => (await decisions(1)) > one && (await decisions(2)) > two);
    await identity!.stop();
    start();
    await household(3);
    await until('both again', async () => (await decisions(1)) > one + 2 && (await decisions(2)) > two + 1);
    await ask('retire', { version: 'v1' });
    await until('removed', () => !existsSync(identityFolder(data)));
    const last = await decisions(1);
    const now = await decisions(2);
    await household(4);
    await until('v2', async () => (await decisions(2)) > now);
    expect(await decisions(1)).toBe(last);
  });
});

async function touchpointsAt(position: Position): Promise<number> {
  let count = 0;
  for await (const { events } of log.read({ after: '' as Position, upTo: position, prefixes: ['touchpoint-'] }))
    count += events.length;
  return count;
}
