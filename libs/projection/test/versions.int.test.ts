import { ThroughlineError, touchpointStream, type VersionDiff } from '@throughline/contracts';
import { randomUUID } from 'node:crypto';
import { setTimeout as rest } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithRedis, startRedis, type RedisUnderTest } from '../../read-model/test/support/redis-server.ts';
import { stateHash } from '../src/index.ts';
import { tally } from './tally.ts';
import { hash, tallyOf, TIMES, until, VersionsHost } from './versions-host.ts';

jest.setTimeout(60_000);

const ADA = 'ada0'.padEnd(32, '0');
const BOB = 'b0b0'.padEnd(32, '0');
const SHIPPED = hash({});
const TENFOLD = hash(TIMES(10));

let dir: string;
let host: VersionsHost;

describe('Embedded', () => {
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'versions-'));
    host = await VersionsHost.open(dir);
  });
  theVersions();
});

describeWithRedis('In Redis', () => {
  let server: RedisUnderTest;
  beforeEach(async () => {
    server = await startRedis({ save: '' });
    dir = mkdtempSync(join(tmpdir(), 'versions-'));
  });
  afterEach(() => server.remove());

  describe.each([1, 2])('in parts: %i', (parts) => {
    beforeEach(async () => {
      host = await VersionsHost.open(dir, { engine: 'redis', url: server.url }, { replica: 'host:1', parts });
    });
    theVersions();
  });
});

async function happened(subject: string, amount: number): Promise<void> {
  const stream = touchpointStream(subject);
  const [revision] = await host.log.revisions([stream]);
  const data = { keys: [{ type: 'phone', key: subject }], channel: 'phone', facts: { amount } };
  const event = { id: randomUUID(), type: 'call.ended', occurredAt: Date.now(), data, metadata: {} };
  await host.log.append([{ stream, expectedRevision: revision!, events: [event] }]);
}

async function shows(version: string, sum: number): Promise<void> {
  await until(`${version} shows ${sum}`, async () => {
    const [shown, is] = await host.shown(ADA);
    return shown === host.stored(version) && is === sum;
  });
}

async function built(documents = TIMES(10)): Promise<string> {
  const replay = await host.ask('start', { documents });
  await until('built', async () => (await host.state()).replays.get(replay)?.state === 'built');
  return replay;
}

async function compared(replay: string) {
  const diff = await host.ask('request-diff', { replay });
  await until('compared', async () => {
    const made = (await host.state()).diffs.get(diff);
    return made?.report !== undefined || made?.failed !== undefined;
  });
  const made = (await host.state()).diffs.get(diff)!;
  return { ...made, report: made.report as VersionDiff | undefined };
}

function theVersions(): void {
  // Here, so that it comes before the server is removed: whoever leaves says so there.
  afterEach(async () => {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  });

  describe('A version beside the live one', () => {
    test('is built while the live one goes on, follows the log from there, and is given to readers only by promotion', async () => {
      await happened(ADA, 3);
      host.start();
      await shows(SHIPPED, 3);
      const replay = await built();
      await happened(ADA, 4);
      await shows(SHIPPED, 7);
      await host.ask('promote', { replay });
      await shows(TENFOLD, 70);
      await happened(ADA, 1);
      await shows(TENFOLD, 80);
    });

    test('is taken back at once, for the one before has followed the log all along; and promoted again', async () => {
      await happened(ADA, 3);
      host.start();
      const replay = await built();
      await host.ask('promote', { replay });
      await shows(TENFOLD, 30);
      await happened(ADA, 4);
      await shows(TENFOLD, 70);
      await host.ask('roll-back');
      await shows(SHIPPED, 7);
      await host.ask('promote', { replay });
      await shows(TENFOLD, 70);
    });

    test('is removed when it is cancelled, and the one before when it is retired', async () => {
      await happened(ADA, 3);
      host.start();
      const cancelled = await built(TIMES(5));
      await host.ask('cancel', { replay: cancelled });
      await until('removed', async () => (await host.shelf.list()).join() === host.stored(SHIPPED));
      const replay = await built();
      await host.ask('promote', { replay });
      await host.ask('retire', { version: SHIPPED });
      await until('removed', async () => (await host.shelf.list()).join() === host.stored(TENFOLD));
      await shows(TENFOLD, 30);
    });

    test('goes on where it was after a restart, in whatever state', async () => {
      await happened(ADA, 3);
      host.start();
      const replay = await built();
      await host.stop();
      await happened(ADA, 4);
      await host.ask('promote', { replay });
      host.start();
      await shows(TENFOLD, 70);
      await host.stop();
      await host.ask('roll-back');
      host.start();
      await shows(SHIPPED, 7);
    });
  });

  describe('Two versions compared', () => {
    test('are compared at exactly one position while touchpoints go on arriving, and have folded the same', async () => {
      for (let n = 0; n < 20; n++) await happened(n % 2 ? ADA : BOB, n);
      host.start();
      const replay = await built();
      let isOver = false;
      const arriving = (async () => {
        while (!isOver) await happened(BOB, 1);
      })();
      const { report, position } = await compared(replay);
      isOver = true;
      await arriving;
      expect(report).toMatchObject({ projection: 'tally', from: SHIPPED, to: TENFOLD, position });
      expect(report!.folded!.same).toBe(true);
      expect(report!.customers).toMatchObject({ inBoth: 2, same: 0, changed: 2 });
      const sum = report!.fields.find(({ field }) => field === 'tally.sum')!;
      const ada = sum.movers.find(({ customer }) => customer === ADA)!;
      expect(ada).toMatchObject({ from: 100, to: 1000 });
      const bob = sum.movers.find(({ customer }) => customer === BOB)!;
      expect(bob.to).toBe(10 * (bob.from as number));
    });

    test('the live one built again beside itself shows no difference at all, and has the same hash', async () => {
      for (let n = 0; n < 20; n++) await happened(n % 2 ? ADA : BOB, n);
      host.start();
      await shows(SHIPPED, 100);
      const replay = await built({});
      const { report } = await compared(replay);
      expect(report).toMatchObject({ to: `${SHIPPED}.2`, customers: { same: 2, changed: 0 }, fields: [], metrics: [] });
      expect(report!.folded!.same).toBe(true);
      await until('caught up', () => host.caughtUp());
      await host.stop();
      const hashes = await Promise.all(
        [SHIPPED, `${SHIPPED}.2`].map(async (version) => {
          const snapshot = (await host.shelf.snapshot(host.stored(version)))!;
          try {
            return await stateHash(snapshot);
          } finally {
            await snapshot.close();
          }
        }),
      );
      expect(hashes[1]).toBe(hashes[0]);
    });

    test('of a sample, only its customers are compared', async () => {
      for (let n = 0; n < 20; n++) await happened(n % 2 ? ADA : '1'.repeat(32), n);
      host.start();
      const replay = await host.ask('start', { documents: TIMES(10), sample: { digits: 2 } });
      await until('built', async () => (await host.state()).replays.get(replay)?.state === 'built');
      await happened('1'.repeat(32), 1);
      const { report } = await compared(replay);
      expect(report).toMatchObject({ sample: { digits: 2 }, customers: { inBoth: 1, changed: 1 } });
      const sum = report!.fields.find(({ field }) => field === 'tally.sum')!;
      expect(sum.movers).toEqual([{ customer: '1'.repeat(32), from: 91, to: 910 }]);
    });

    test('whoever holds still for a comparison that nobody makes goes on after all', async () => {
      await happened(ADA, 3);
      host.start();
      const replay = await built();
      await host.stop();
      await host.ask('request-diff', { replay });
      await host.ask('cancel', { replay });
      host.start();
      await happened(ADA, 4);
      await shows(SHIPPED, 7);
    });
  });

  describe('Changed code', () => {
    test('builds the live definitions anew, gives readers these once they have caught up, and removes the old', async () => {
      await happened(ADA, 3);
      host.start();
      const replay = await built();
      await host.ask('promote', { replay });
      await shows(TENFOLD, 30);
      await host.stop();
      // What is in the log is old enough by then for whatever is built beside to rest.
      await rest(1_200);
      const changed: typeof tallyOf = (company, documents) => ({
        ...tallyOf(company, documents),
        codeVersion: tally.codeVersion + 1,
      });
      host.start(changed);
      await until(
        'only new',
        async () =>
          !(await host.shelf.list()).some((version) =>
            [SHIPPED, TENFOLD].map((old) => host.stored(old)).includes(version),
          ),
      );
      const [version, sum] = await host.shown(ADA);
      expect([SHIPPED, TENFOLD].map((old) => host.stored(old))).not.toContain(version);
      expect(sum).toBe(30);
      // By the threads of a build, not event by event.
      expect(await host.shelf.said(version)).toMatchObject({ stage: 'finish' });
    });

    test('that does not take what is open any longer fails that, and goes on with the live one', async () => {
      await happened(ADA, 3);
      host.start();
      await shows(SHIPPED, 3);
      await host.stop();
      const replay = await host.ask('start', { documents: TIMES(10) });
      const choosy: typeof tallyOf = (company, documents = {}) => {
        if (documents['factor']) throw new ThroughlineError('invalid-definition', 'tally takes no factor.');
        return tallyOf(company, documents);
      };
      host.start(choosy);
      await until('failed', async () => (await host.state()).replays.get(replay)?.state === 'failed');
      expect((await host.state()).replays.get(replay)!.failed).toMatchObject({ code: 'invalid-definition' });
      await happened(ADA, 4);
      await shows(SHIPPED, 7);
      await host.stop();
      host.start();
      await host.ask('resume', { replay });
      await until('built', async () => (await host.state()).replays.get(replay)?.state === 'built');
    });

    test('that does not take what readers are given says so, and does nothing', async () => {
      host.start();
      await host.ask('promote', { replay: await built() });
      await host.stop();
      host.start((company, documents = {}) => {
        if (documents['factor']) throw new ThroughlineError('invalid-definition', 'tally takes no factor.');
        return tallyOf(company, documents);
      });
      await expect(host.ended).rejects.toMatchObject({ code: 'invalid-definition' });
    });
  });
}
