import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventStoreDBClient, jsonEvent, binaryEvent } from '@eventstore/db-client';
import { START, type Position } from '@throughline/contracts';
import { Copy } from '../src/embedded/copy.ts';
import { Connection } from '../src/eventstoredb/connection.ts';
import { copyFolder, copyInUse } from '../src/eventstoredb/mirror-folder.ts';
import { serverReader } from '../src/eventstoredb/server-reader.ts';
import {
  openEventStore,
  openMirrorReader,
  runMirror,
  type EventStoreLog,
  type MirrorReader,
  type RecordedEvent,
} from '../src/index.ts';
import { exited, message, start } from './support/dist.ts';
import { TestServer } from './support/event-store.ts';
import { append, event, eventsOf, filesOf, inFolder } from './support/folder.ts';
import { TestMirror } from './support/mirror.ts';

/** Small, so that a test has many. */
const SEGMENT_BYTES = 16 * 1024;

let server: TestServer;
let connection: Connection;
beforeAll(async () => {
  server = await TestServer.startOwn();
  connection = new Connection(server.url);
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

const copyOf = (dir: string) => copyFolder(dir, copyInUse(dir));
const whole = (events: readonly RecordedEvent[]) =>
  events.map(({ position, stream, revision, id, type, occurredAt, recordedAt, data, personal, metadata }) => ({
    position,
    stream,
    revision,
    id,
    type,
    occurredAt,
    recordedAt,
    data,
    personal,
    metadata,
  }));
const onServer = () => eventsOf(serverReader(connection).read({ after: START }));

/** A log, its mirror kept by this process, and a reader of that. */
async function withMirror(
  use: (parts: { log: EventStoreLog; mirror: TestMirror; reader: MirrorReader; dir: string }) => Promise<void>,
): Promise<void> {
  await inFolder(async (dir) => {
    const mirror = new TestMirror({ url: server.url, dir, segmentBytes: SEGMENT_BYTES });
    const log = openEventStore({ url: server.url, mirrorDir: dir });
    const reader = openMirrorReader({ dir });
    try {
      await use({ log, mirror, reader, dir });
    } finally {
      await reader.close();
      await log.close();
      await mirror.stop();
    }
  });
}

async function fill(log: EventStoreLog, count: number): Promise<string[]> {
  const appends = Array.from({ length: count }, () => append(`s-${randomUUID()}`, 1));
  const results = await log.append(appends);
  expect(results.every(({ ok }) => ok)).toBe(true);
  return appends.flatMap(({ events }) => events.map(({ id }) => id));
}

/** So many that there are several segments, however much comes in one batch. */
async function fillSegments(log: EventStoreLog): Promise<void> {
  for (let i = 0; i < 24; i++) {
    await fill(log, 15);
    await log.caughtUp();
  }
}

describe('A mirror', () => {
  test('holds what the server holds, in its order, under its positions and recorded times', async () => {
    await withMirror(async ({ log, reader }) => {
      await fill(log, 300);
      await log.append([append(`many-${randomUUID()}`, 40)]);
      await log.caughtUp();
      const theirs = whole(await onServer());
      expect(whole(await eventsOf(reader.read({ after: START })))).toEqual(theirs);
      expect(await reader.head()).toBe(theirs[theirs.length - 1]!.position);
    });
  });

  test('finds every event by its position, and goes on after any, across its segments', async () => {
    await withMirror(async ({ log, reader, dir }) => {
      await fillSegments(log);
      expect((await filesOf(copyOf(dir), /\.seg$/)).length).toBeGreaterThan(3);
      const all = await eventsOf(reader.read({ after: START }));
      const found = await reader.at(all.map(({ position }) => position));
      expect(found.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
      for (let i = 0; i < all.length; i += 7) {
        const { position } = all[i]!;
        const [next] = await eventsOf(
          reader.read({ after: position, batch: 1, upTo: all[i + 1]?.position ?? position }),
        );
        expect(next?.id).toBe(all[i + 1]?.id);
        const between = (BigInt(`0x${position}`) + 1n).toString(16).padStart(32, '0') as Position;
        const upTo = await eventsOf(reader.read({ after: all[Math.max(0, i - 2)]!.position, upTo: between }));
        expect(upTo[upTo.length - 1]?.id).toBe(i === 0 ? undefined : all[i]!.id);
        await expect(reader.at([between])).rejects.toMatchObject({ code: 'invalid-request' });
      }
      const homes = await reader.find(all.map(({ id }) => id));
      expect(homes).toEqual(all.map(({ stream, revision, position }) => ({ stream, revision, position })));
    });
  });

  test('holds what others wrote, as well as it can be read', async () => {
    await withMirror(async ({ log, reader }) => {
      const client = EventStoreDBClient.connectionString(server.url);
      const stream = `foreign-${randomUUID()}`;
      await client.appendToStream(stream, [
        jsonEvent({ type: 'theirs', data: { personal: { a: 1 }, b: 2 }, metadata: { occurredAt: 'once', c: 3 } }),
        jsonEvent({ type: 'theirs', data: [1, 2] as never }),
        binaryEvent({ type: 'theirs', data: Buffer.from([0xff, 0]), metadata: Buffer.from('no JSON') }),
        jsonEvent({
          type: 'theirs',
          data: { b: 2 },
          metadata: { occurredAt: '2026-01-02T03:04:05.678Z', personalBytes: 9 },
        }),
      ]);
      await client.dispose();
      await log.caughtUp();
      const events = await eventsOf(reader.read({ after: START, prefixes: [stream] }));
      expect(events.map(({ data, personal, metadata }) => ({ data, personal, metadata }))).toEqual([
        { data: { personal: { a: 1 }, b: 2 }, personal: undefined, metadata: { occurredAt: 'once', c: 3 } },
        { data: {}, personal: undefined, metadata: {} },
        { data: {}, personal: undefined, metadata: {} },
        {
          data: { b: 2 },
          personal: undefined,
          metadata: { occurredAt: '2026-01-02T03:04:05.678Z', personalBytes: 9 },
        },
      ]);
      expect(events.every(({ occurredAt, recordedAt }) => occurredAt === recordedAt)).toBe(true);
      expect(whole(events)).toEqual(
        whole(await eventsOf(serverReader(connection).read({ after: START, prefixes: [stream] }))),
      );
    });
  });

  test('is kept by one process at a time', async () => {
    await withMirror(async ({ log, dir }) => {
      await log.caughtUp();
      const { signal } = new AbortController();
      await expect(runMirror({ url: server.url, dir, signal })).rejects.toMatchObject({ code: 'log-locked' });
    });
  });

  test('names the first home of an id that two writers took to two streams', async () => {
    await withMirror(async ({ log, reader }) => {
      const twice = event();
      const client = EventStoreDBClient.connectionString(server.url);
      const streams = [`first-${randomUUID()}`, `second-${randomUUID()}`];
      for (const stream of streams) {
        await client.appendToStream(stream, jsonEvent({ id: twice.id, type: 'twice', data: {} }));
        await fillSegments(log);
      }
      await client.dispose();
      await log.caughtUp();
      expect((await reader.find([twice.id]))[0]?.stream).toBe(streams[0]);
    });
  });
});

describe('A mirror that stops', () => {
  test('killed at any moment, and any number of times, goes on without gap or repeat', async () => {
    await inFolder(async (dir) => {
      const helper = await inBackground(dir);
      const reader = openMirrorReader({ dir });
      const stop = new AbortController();
      const followed = eventsOf(reader.follow({ after: START }, stop.signal));
      for (let round = 0; round < 12; round++) {
        const child = start('mirror.mjs', [server.url, dir, String(SEGMENT_BYTES)]);
        const { events } = await message<{ events: number }>(child);
        const enough = events + 20 + 13 * round;
        for (let progress = { events }; progress.events < enough;) progress = await message(child);
        child.kill('SIGKILL');
        await exited(child);
      }
      await helper.stop();
      const mirror = new TestMirror({ url: server.url, dir, segmentBytes: SEGMENT_BYTES });
      const theirs = await onServer();
      await reader.reached(theirs[theirs.length - 1]!.position);
      const ours = await eventsOf(reader.read({ after: START }));
      expect(ours.map(({ position, id }) => position + id)).toEqual(theirs.map(({ position, id }) => position + id));
      stop.abort();
      expect((await followed).map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
      await mirror.stop();
      expect(mirror.doubts).toEqual([]);
      const copy = await Copy.open({ dir: copyOf(dir) });
      await copy.verify(new AbortController().signal);
      await copy.close();
      await reader.close();
    });
  });

  test('has the same chain as another one that copied everything at once', async () => {
    await withMirror(async ({ log, mirror }) => {
      await fill(log, 50);
      await log.caughtUp();
      await mirror.stop();
      await inFolder(async (other) => {
        const second = new TestMirror({ url: server.url, dir: other });
        const reader = openMirrorReader({ dir: other });
        await reader.reached((await onServer()).at(-1)!.position);
        expect(second.chain).toBe(mirror.chain);
        await reader.close();
        await second.stop();
      });
    });
  });
});

describe('A mirror in doubt is made again, and readers go on where they were:', () => {
  const damages: [string, (dir: string) => Promise<void>][] = [
    [
      'a byte of a sealed segment is not what it was',
      async (dir) => {
        const second = (await filesOf(copyOf(dir), /\.seg$/))[1]!;
        const bytes = await readFile(second);
        bytes[Math.floor(bytes.length / 2)]! ^= 1;
        await writeFile(second, bytes);
      },
    ],
    [
      'a sealed segment is cut short',
      async (dir) => {
        const second = (await filesOf(copyOf(dir), /\.seg$/))[1]!;
        await truncate(second, (await stat(second)).size - 1);
      },
    ],
    [
      'a segment is missing',
      async (dir) => {
        await rm((await filesOf(copyOf(dir), /\.seg$/))[1]!);
      },
    ],
    [
      'all of it is missing',
      async (dir) => {
        await rm(copyOf(dir), { recursive: true });
      },
    ],
  ];
  for (const [what, damage] of damages) {
    test(what, async () => {
      await withMirror(async ({ log, mirror, reader, dir }) => {
        await fillSegments(log);
        const stop = new AbortController();
        const followed = eventsOf(reader.follow({ after: START }, stop.signal));
        await mirror.stop();
        await damage(dir);
        mirror.run();
        const late = await fill(log, 100);
        await log.caughtUp();
        const theirs = (await onServer()).map(({ position, id }) => position + id);
        expect((await eventsOf(reader.read({ after: START }))).map(({ position, id }) => position + id)).toEqual(
          theirs,
        );
        expect((await log.find(late)).every((home) => home !== undefined)).toBe(true);
        stop.abort();
        expect((await followed).map(({ position, id }) => position + id)).toEqual(theirs);
      });
    });
  }

  test('a segment of it is one of another log', async () => {
    await withMirror(async ({ log, mirror, dir }) => {
      await fillSegments(log);
      await mirror.stop();
      await inFolder(async (elsewhere) => {
        // The same places and lengths, other ids: only the chain can tell.
        const second = (await filesOf(copyOf(dir), /\.seg$/))[1]!;
        const from = Number.parseInt(/log-(\w+)\.seg$/.exec(second)![1]!, 16);
        const copy = await Copy.open({ dir: elsewhere });
        const reader = openMirrorReader({ dir });
        for (const one of await eventsOf(reader.read({ after: START }))) {
          const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
          await copy.write([
            {
              id: randomUUID(),
              occurredAt: one.occurredAt,
              recordedAt: one.recordedAt,
              revision: one.revision,
              stream: Buffer.from(one.stream),
              type: Buffer.from(one.type),
              data: bytes(one.data),
              personal: one.personal && bytes(one.personal),
              metadata: bytes(one.metadata),
              position: Buffer.from(one.position, 'hex'),
            },
          ]);
        }
        await reader.close();
        await copy.close();
        const [other] = await filesOf(elsewhere, /\.seg$/);
        const mine = await readFile(second);
        await writeFile(second, (await readFile(other!)).subarray(from, from + mine.length));
      });
      mirror.run();
      await fill(log, 10);
      await log.caughtUp();
      for (let i = 0; i < 100 && mirror.doubts.length === 0; i++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(mirror.doubts).toHaveLength(1);
    });
  });

  test('the server has another log than before', async () => {
    const other = await TestServer.startOwn();
    await inFolder(async (dir) => {
      let mirror = new TestMirror({ url: other.url, dir });
      let log = openEventStore({ url: other.url, mirrorDir: dir });
      await fill(log, 30);
      await log.caughtUp();
      await log.close();
      await mirror.stop();

      mirror = new TestMirror({ url: server.url, dir });
      log = openEventStore({ url: server.url, mirrorDir: dir });
      await fill(log, 1);
      const theirs = await onServer();
      expect((await eventsOf(log.read({ after: START }))).map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
      expect(mirror.doubts).toHaveLength(1);
      await log.close();
      await mirror.stop();
    });
    await other.stop();
  });
});

/** Somebody who appends all the time, with a mirror of his own. */
async function inBackground(dir: string) {
  const folder = `${dir}-writer`;
  const mirror = new TestMirror({ url: server.url, dir: folder });
  const log = openEventStore({ url: server.url, mirrorDir: folder });
  let stopped = false;
  const running = (async () => {
    while (!stopped) await fill(log, 10);
  })();
  return {
    async stop() {
      stopped = true;
      await running;
      await log.close();
      await mirror.stop();
      await rm(folder, { recursive: true });
    },
  };
}
