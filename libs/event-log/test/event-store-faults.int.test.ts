import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { problemCode, START } from '@throughline/contracts';
import { Connection } from '../src/eventstoredb/connection.ts';
import { serverReader, subscribe } from '../src/eventstoredb/server-reader.ts';
import { NO_STREAM, openEventStore, openMirrorReader, type Append, type EventStoreLog } from '../src/index.ts';
import { TestServer } from './support/event-store.ts';
import { append, event, eventsOf, inFolder } from './support/folder.ts';
import { TestMirror } from './support/mirror.ts';

let server: TestServer;
beforeEach(async () => {
  server = await TestServer.startOwn();
});
afterEach(() => server.stop());

async function withLog(use: (log: EventStoreLog, dir: string) => Promise<void>): Promise<void> {
  await inFolder(async (dir) => {
    const mirror = new TestMirror({ url: server.url, dir });
    const log = openEventStore({ url: server.url, mirrorDir: dir });
    try {
      await use(log, dir);
    } finally {
      await log.close();
      await mirror.stop();
    }
  });
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('A server that is killed and comes back', () => {
  test('has each append once, in its order, whenever it was killed; followers have each event once', async () => {
    await withLog(async (log, dir) => {
      const connection = new Connection(server.url);
      const reader = openMirrorReader({ dir });
      const stop = new AbortController();
      const direct = eventsOf(serverReader(connection).follow({ after: START }, stop.signal));
      const mirrored = eventsOf(reader.follow({ after: START }, stop.signal));
      const accepted: string[] = [];
      let stopped = false;
      const writers = Array.from({ length: 4 }, async (_, w) => {
        let revision = NO_STREAM;
        while (!stopped) {
          // A stream that goes on, several on their way at once, and streams of their own.
          const own = [append(`w${w}`, 2, revision), append(`w${w}`, 1, revision + 2)];
          const others = Array.from({ length: 10 }, () => append(`o-${randomUUID()}`, 1));
          const results = await log.append([...own, ...others]);
          expect(results.filter(({ ok }) => !ok)).toEqual([]);
          accepted.push(...[...own, ...others].flatMap(({ events }) => events.map(({ id }) => id)));
          revision += 3;
        }
      });
      for (let round = 0; round < 8; round++) {
        await later(60 + 37 * round);
        await server.kill();
        await later(10 * round);
        await server.restart();
      }
      await later(100);
      stopped = true;
      await Promise.all(writers);
      await log.caughtUp();
      const all = await eventsOf(log.read({ after: START }));
      expect(all.map(({ id }) => id).sort()).toEqual([...accepted].sort());
      for (let w = 0; w < 4; w++) {
        const own = all.filter(({ stream }) => stream === `w${w}`);
        expect(own.map(({ revision }) => revision)).toEqual(own.map((_, i) => i));
      }
      await later(500);
      stop.abort();
      const ids = all.map(({ id }) => id);
      expect((await mirrored).map(({ id }) => id)).toEqual(ids);
      expect((await direct).map(({ id }) => id)).toEqual(ids);
      await reader.close();
      await connection.close();
    });
  }, 60_000);

  test('is waited for by an append, and by a question', async () => {
    await withLog(async (log) => {
      await log.append([append('a')]);
      await server.kill();
      const appended = log.append([append('b')]);
      const asked = eventsOf(log.read({ after: START }));
      const stream = collect(log.readStream('a'));
      await later(300);
      await server.restart();
      expect(await appended).toMatchObject([{ ok: true, revision: 0 }]);
      expect((await asked).length).toBeGreaterThan(0);
      expect(await stream).toHaveLength(1);
    });
  });

  test('lets a log be closed: what was on its way has an unknown outcome', async () => {
    await withLog(async (log) => {
      await log.append([append('a')]);
      await server.kill();
      const appended = log.append([append('b')]).catch(problemCode);
      await later(50);
      await log.close();
      expect(await appended).toBe('shutting-down');
      await expect(log.append([append('c')])).rejects.toMatchObject({ code: 'shutting-down' });
    });
  });
});

describe('Two processes that append', () => {
  test('never put an id into one stream twice, however far their mirrors are behind', async () => {
    await inFolder(async (one) => {
      await inFolder(async (two) => {
        const mirrors = [one, two].map((dir) => new TestMirror({ url: server.url, dir }));
        const logs = [one, two].map((mirrorDir) => openEventStore({ url: server.url, mirrorDir }));
        for (const log of logs) await log.caughtUp();
        await mirrors[1]!.stop();
        const known = event();
        const both: Append = { stream: 'a', expectedRevision: NO_STREAM, events: [known, event()] };
        const [first] = await logs[0]!.append([both]);

        // Sent again by the other: the very same append, then its event at the end.
        expect(await logs[1]!.append([both])).toMatchObject([{ ok: true, revision: 1 }]);
        expect(await logs[1]!.revisions(['a'])).toEqual([1]);
        expect(await logs[1]!.append([{ ...both, expectedRevision: 1, events: [known] }])).toEqual([
          { ok: false, reason: 'KNOWN_ID', ids: [known.id] },
        ]);
        expect(first).toMatchObject({ ok: true, revision: 1 });

        // Met for the first time, at the right revision.
        const elsewhere: Append = { stream: 'b', expectedRevision: NO_STREAM, events: [event()] };
        await logs[0]!.append([elsewhere]);
        expect(await logs[1]!.append([{ ...elsewhere, expectedRevision: 0 }])).toEqual([
          { ok: false, reason: 'KNOWN_ID', ids: [elsewhere.events[0]!.id] },
        ]);
        // A race that is lost tells the revision that wins the next one.
        await logs[0]!.append([append('c'), append('c', 2, 0)]);
        expect(await logs[1]!.append([append('c')])).toEqual([{ ok: false, reason: 'WRONG_REVISION', actual: 2 }]);
        expect(await logs[1]!.revisions(['c'])).toEqual([2]);
        expect(await collect(logs[0]!.readStream('a'))).toHaveLength(2);
        for (const log of logs) await log.close();
        await mirrors[0]!.stop();
      });
    });
  });

  test('each learn the revision that the other has reached, when they lose a race', async () => {
    await inFolder(async (one) => {
      await inFolder(async (two) => {
        const mirrors = [one, two].map((dir) => new TestMirror({ url: server.url, dir }));
        const logs = [one, two].map((mirrorDir) => openEventStore({ url: server.url, mirrorDir }));
        await Promise.all(
          logs.map(async (log) => {
            for (let done = 0; done < 30;) {
              const [revision] = await log.revisions(['raced']);
              const [result] = await log.append([append('raced', 1, revision!)]);
              if (result!.ok) done++;
            }
          }),
        );
        await logs[0]!.caughtUp();
        expect(await logs[0]!.revisions(['raced'])).toEqual([59]);
        for (const log of logs) await log.close();
        for (const mirror of mirrors) await mirror.stop();
      });
    });
  });
});

describe('A slow consumer', () => {
  test('makes the server wait: memory holds next to nothing of what it has not asked for', async () => {
    await withLog(async (log) => {
      const padding = 'x'.repeat(20_000);
      for (let i = 0; i < 40; i++)
        await log.append(
          Array.from({ length: 100 }, () => ({
            stream: `s-${randomUUID()}`,
            expectedRevision: NO_STREAM,
            events: [{ ...event({ padding }), personal: {} }],
          })),
        );
      const connection = new Connection(server.url);
      const stop = new AbortController();
      const batches = subscribe(connection, { after: START, batch: 10 }, stop.signal);
      const before = memory();
      await batches.next();
      await later(2000);
      // The server holds 80 MB.
      expect(memory() - before).toBeLessThan(30_000_000);
      stop.abort();
      await batches.return(undefined);
      await connection.close();
    });
  });
});

describe('A log that is asked what it cannot do', () => {
  test('says so before anything is sent', async () => {
    await withLog(async (log) => {
      const good = append('good');
      const tooLarge: Append = { ...append('big'), events: [event({ big: 'x'.repeat(1_100_000) })] };
      await expect(log.append([good, tooLarge])).rejects.toMatchObject({ code: 'too-large' });
      for (const bad of [
        { ...good, stream: '$system' },
        { ...good, stream: '' },
        { ...good, events: [] },
        { ...good, events: [{ ...event(), type: '$system' }] },
        { ...good, events: [{ ...event(), id: 'no uuid' }] },
        { ...good, events: [{ ...event(), occurredAt: Number.NaN }] },
        { ...good, expectedRevision: -2 },
      ])
        await expect(log.append([good, bad])).rejects.toMatchObject({ code: 'invalid-request' });
      expect(await log.revisions(['good', 'big'])).toEqual([NO_STREAM, NO_STREAM]);
    });
  });

  test('takes many large appends at once, each whole', async () => {
    await withLog(async (log) => {
      const appends = Array.from({ length: 30 }, (_, i) => ({
        ...append(`s${i}`),
        events: Array.from({ length: 9 }, () => event({ big: 'x'.repeat(110_000) })),
      }));
      expect((await log.append(appends)).every((result) => result.ok && result.revision === 8)).toBe(true);
      expect(await collect(log.readStream('s29'))).toHaveLength(9);
    });
  });

  test('never shows a connection string that it cannot understand', () => {
    for (const url of ['esdb://admin:secret@', 'http://admin:secret@host', 'esdb://admin:secret@host?tls=perhaps']) {
      let shown = '';
      try {
        openEventStore({ url, mirrorDir: '/nowhere' });
      } catch (error) {
        expect(problemCode(error)).toBe('invalid-request');
        shown = JSON.stringify(error) + String(error) + String((error as Error).stack);
      }
      expect(shown).not.toContain('secret');
    }
  });
});

function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
