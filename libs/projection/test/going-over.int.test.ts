/** What a projection does when identity is given other rules: the log says what they decide, and that they are promoted. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  IDENTITY,
  projectionStream,
  touchpointStream,
  type VersionDiff,
  type VersionEvent,
} from '@throughline/contracts';
import type { NewEvent } from '@throughline/event-log';
import { versionAlong } from '@throughline/read-model';
import { describeWithRedis, startRedis, type RedisUnderTest } from '../../read-model/test/support/redis-server.ts';
import {
  decideVersions,
  evolveVersions,
  identityName,
  initialVersions,
  type Recorded,
  type VersionCommand,
  type VersionFact,
  type VersionsState,
} from '@throughline/versions';
import { hash, TIMES, until, VersionsHost } from './versions-host.ts';

jest.setTimeout(60_000);

const ADA = 'ada0'.padEnd(32, '0');
const BOB = 'b0b0'.padEnd(32, '0');
const SHIPPED = hash({});
const TENFOLD = hash(TIMES(10));

let dir: string;
let host: VersionsHost;

describe('Embedded', () => {
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'going-over-'));
    host = await VersionsHost.open(dir);
  });
  theViews();
});

describeWithRedis('In Redis', () => {
  let server: RedisUnderTest;
  beforeEach(async () => {
    server = await startRedis({ save: '' });
    dir = mkdtempSync(join(tmpdir(), 'going-over-'));
  });
  afterEach(() => server.remove());

  describe.each([1, 2])('in parts: %i', (parts) => {
    beforeEach(async () => {
      host = await VersionsHost.open(dir, { engine: 'redis', url: server.url }, { replica: 'host:1', parts });
    });
    theViews();
  });
});

async function put(stream: string, ...events: readonly Pick<NewEvent, 'id' | 'type' | 'data'>[]): Promise<void> {
  const [revision] = await host.log.revisions([stream]);
  const whole = events.map((event) => ({ occurredAt: Date.now(), metadata: {}, ...event }));
  const [result] = await host.log.append([{ stream, expectedRevision: revision!, events: whole }]);
  if (!result!.ok) throw new Error(result!.reason);
}

const happened = (subject: string, amount: number) =>
  put(touchpointStream(subject), {
    id: randomUUID(),
    type: 'call.ended',
    data: { keys: [{ type: 'phone', key: subject }], channel: 'phone', facts: { amount } },
  });

/** What the rules of this number say of Bob's key. */
const links = (rules: number) =>
  put(`identity-v${rules}`, {
    id: randomUUID(),
    type: 'keys.linked',
    data: { cause: '', causeId: 'x', customer: ADA, keys: [{ type: 'phone', key: BOB }] },
  });

async function identity(): Promise<VersionsState> {
  let state = initialVersions();
  for await (const event of host.log.readStream(projectionStream(IDENTITY)))
    state = evolveVersions(state, event as unknown as Recorded);
  return state;
}

async function decide(command: VersionCommand | VersionFact): Promise<void> {
  const decided = decideVersions(command, await identity(), identityName);
  if (!decided.ok) throw new Error(decided.reason);
  if (decided.events.length > 0) await put(projectionStream(IDENTITY), ...(decided.events as readonly VersionEvent[]));
}

const asked = { author: 'ada', reason: 'a test' };

/** Rules of the number 2 decide from here on; every projection named is to follow. */
async function promoted(views: readonly string[], rules = 2): Promise<void> {
  const replay = randomUUID();
  const documents = { rules: { version: rules } };
  await decide({ id: replay, type: 'start', data: { documents, source: 'copy', ...asked } });
  const version = `v${rules}`;
  await decide({
    id: randomUUID(),
    type: 'replay.built',
    data: { replay, version, through: await host.log.head(), seconds: 1 },
  });
  await decide({ id: randomUUID(), type: 'promote', data: { replay, views, ...asked } });
}

const rolledBack = (views: readonly string[]) =>
  decide({ id: randomUUID(), type: 'roll-back', data: { views, ...asked } });

/** Of a projection that this test is. */
async function readyElsewhere(projection: string): Promise<void> {
  const data = { switch: (await identity()).switching!.id, projection };
  await decide({ id: randomUUID(), type: 'views.ready', data });
}

const isReady = async () => !(await identity()).switching?.awaited.has('tally');

async function shows(version: string, sum: number): Promise<void> {
  await until(`${version} shows ${sum}`, async () => {
    const [shown, is] = await host.shown(ADA);
    return shown === host.stored(version) && is === sum;
  });
}

const along = (version: string, rules = 2) => versionAlong(version, rules);

function theViews(): void {
  // Here, so that it comes before the server is removed: whoever leaves says so there.
  afterEach(async () => {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    await happened(ADA, 3);
    await happened(BOB, 4);
    await links(2);
  });

  test('readers go over once every projection has folded by what the other rules decided, and not before', async () => {
    host.start();
    await shows(SHIPPED, 3);
    await promoted(['tally', 'other']);
    await until('ready', isReady);
    await happened(ADA, 10);
    await shows(SHIPPED, 13);
    expect((await identity()).shown).toEqual([]);
    await readyElsewhere('other');
    await shows(along(SHIPPED), 17);
    await happened(BOB, 100);
    await shows(along(SHIPPED), 117);
  });

  test('going back gives at once what would have been shown without the other rules', async () => {
    host.start();
    await promoted(['tally']);
    await shows(along(SHIPPED), 7);
    await happened(ADA, 10);
    await happened(BOB, 100);
    await shows(along(SHIPPED), 117);
    await rolledBack(['tally']);
    await shows(SHIPPED, 13);
    // What is only to be compared by now has no views of its own.
    await until('only the shipped', async () => (await host.shelf.list()).join() === host.stored(SHIPPED));
    await happened(ADA, 1);
    await shows(SHIPPED, 14);
  });

  test('what readers were given before is removed once identity’s version is retired', async () => {
    host.start();
    await promoted(['tally']);
    await shows(along(SHIPPED), 7);
    expect(await host.shelf.list()).toContain(host.stored(SHIPPED));
    await decide({ id: randomUUID(), type: 'retire', data: { version: 'v1', ...asked } });
    await until('one', async () => (await host.shelf.list()).join() === host.stored(along(SHIPPED)));
    await happened(BOB, 1);
    await shows(along(SHIPPED), 8);
  });

  test('a host that ends at any moment of it goes on where it was', async () => {
    host.start();
    await shows(SHIPPED, 3);
    await host.stop();
    await promoted(['tally', 'other']);
    host.start();
    await until('ready', isReady);
    await host.stop();
    await readyElsewhere('other');
    await happened(BOB, 10);
    host.start();
    await shows(along(SHIPPED), 17);
    await host.stop();
    host.start();
    await happened(BOB, 10);
    await shows(along(SHIPPED), 27);
  });

  test('other definitions that were built before are built again along the other rules, compared and promoted there', async () => {
    host.start();
    const replay = await host.ask('start', { documents: TIMES(10) });
    await until('built', async () => (await host.state()).replays.get(replay)?.state === 'built');
    await promoted(['tally']);
    await shows(along(SHIPPED), 7);
    await until('built again', async () => (await host.shelf.list()).includes(host.stored(along(TENFOLD))));
    const diff = await host.ask('request-diff', { replay });
    await until('compared', async () => (await host.state()).diffs.get(diff)?.report !== undefined);
    const report = (await host.state()).diffs.get(diff)!.report as VersionDiff;
    expect(report).toMatchObject({ from: SHIPPED, to: TENFOLD, customers: { inBoth: 1, changed: 1 } });
    await host.ask('promote', { replay });
    await shows(along(TENFOLD), 70);
    await rolledBack(['tally']);
    await shows(TENFOLD, 30);
  });
}
