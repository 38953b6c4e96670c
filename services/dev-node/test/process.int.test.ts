import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  END,
  jsonEvent,
  NO_STREAM,
  START,
  UnavailableError,
  type AppendResult,
  type EventData,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { end, memoryOf, runNode, spawnNode, type NodeProcess } from './support/child.ts';
import { collect, connect, failure, idsOf, idsRead, jsonEvents, newFolder, revisionsRead } from './support/node.ts';

let dir: string;
beforeAll(async () => {
  dir = await newFolder();
});
afterAll(() => rm(dir, { recursive: true }));

/** Runs a test against a node of its own, which is stopped afterwards. */
async function withNode(name: string, run: (node: NodeProcess) => Promise<void>): Promise<void> {
  const node = await spawnNode(`${dir}/${name}`);
  try {
    await run(node);
  } finally {
    await end(node, 'SIGKILL');
  }
}

describe('The command', () => {
  test('says in one line where it is and what it is for', async () => {
    await withNode('said', async ({ said, port }) => {
      expect(said).toMatchObject({ url: `esdb://127.0.0.1:${port}?tls=false`, data: `${dir}/said` });
      expect(said['msg']).toMatch(/development and tests only.*users are ignored.*loopback only/);
    });
  });

  test.each([
    [['--data', '/tmp/x', '--host', '0.0.0.0'], {}, /loopback only/],
    [['--data', '/tmp/x', '--port', '99999'], {}, /--port, or DEV_NODE_PORT/],
    [['--data', '/tmp/x'], { DEV_NODE_PORT: 'many' }, /--port, or DEV_NODE_PORT/],
    [[], { DEV_NODE_DATA: '' }, /--data <folder>/],
    [['--dta', '/tmp/x'], {}, /--dta/],
  ])('with %p %p says what is wrong, and does not start', async (args, env, message) => {
    const { code, said } = await runNode(args, env as Record<string, string>);
    expect(code).toBe(1);
    expect(said).toMatch(message);
  });

  test('refuses a folder that another node has', async () => {
    await withNode('taken', async () => {
      const { code, said } = await runNode(['--port', '0', '--data', `${dir}/taken`]);
      expect([code, said]).toEqual([1, expect.stringContaining('Another process already writes')]);
    });
  });

  test('ends on SIGTERM at once, whoever is connected, and all is there when it comes back', async () => {
    const node = await spawnNode(`${dir}/term`);
    const client = connect(node.url);
    const events = jsonEvents(100);
    await client.appendToStream('before', events);
    const following = failure(collect(client.subscribeToAll({ fromPosition: END })));
    expect(await end(node, 'SIGTERM')).toBe(0);
    expect(await following).toBeInstanceOf(UnavailableError);
    const again = await spawnNode(`${dir}/term`, node.port);
    expect(idsRead(await collect(client.readStream('before')))).toEqual(idsOf(events));
    await client.dispose();
    expect(await end(again, 'SIGTERM')).toBe(0);
  });
});

describe('Killed at any moment', () => {
  test('a node has all that it acknowledged, at its revision, and an append sent again is there once', async () => {
    const folder = `${dir}/killed`;
    const streams = 8;
    const acknowledged = Array.from({ length: streams }, (): EventData[][] => []);
    let unknown: EventData[][] = [];
    let node = await spawnNode(folder);
    for (let round = 0; round < 6; round++) {
      const client = connect(node.url);
      unknown = await Promise.all(acknowledged.map((done, stream) => resend(client, stream, done, unknown[stream])));
      const writing = acknowledged.map((done, stream) => writeOn(client, stream, done));
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 200));
      await end(node, 'SIGKILL');
      unknown = await Promise.all(writing);
      await client.dispose();
      node = await spawnNode(folder, node.port);
    }
    const client = connect(node.url);
    await Promise.all(acknowledged.map((done, stream) => resend(client, stream, done, unknown[stream])));
    for (const [stream, done] of acknowledged.entries()) {
      const read = await collect(client.readStream(`killed-${stream}`));
      expect(idsRead(read)).toEqual(idsOf(done.flat()));
      expect(revisionsRead(read)).toEqual(done.flat().map((_, i) => i));
    }
    await client.dispose();
    await end(node, 'SIGTERM');
  });

  const append = (client: ReturnType<typeof connect>, stream: number, done: EventData[][], events: EventData[]) => {
    const last = done.flat().length - 1;
    const expectedRevision = last < 0 ? NO_STREAM : BigInt(last);
    return client.appendToStream(`killed-${stream}`, events, { expectedRevision });
  };

  /** Sends again what was under way when the node died: whether it was written is unknown. */
  async function resend(client: ReturnType<typeof connect>, stream: number, done: EventData[][], events?: EventData[]) {
    if (events && events.length > 0) {
      const { nextExpectedRevision } = await append(client, stream, done, events);
      done.push(events);
      expect(Number(nextExpectedRevision)).toBe(done.flat().length - 1);
    }
    return [];
  }

  /** Appends one after the other until the node is gone; gives back what was under way then. */
  async function writeOn(
    client: ReturnType<typeof connect>,
    stream: number,
    done: EventData[][],
  ): Promise<EventData[]> {
    for (;;) {
      const events = jsonEvents(1 + (done.length % 5));
      let result: AppendResult;
      try {
        result = await append(client, stream, done, events);
      } catch (error) {
        expect(error).toBeInstanceOf(UnavailableError);
        return events;
      }
      done.push(events);
      expect(Number(result.nextExpectedRevision)).toBe(done.flat().length - 1);
    }
  }
});

describe('Slow readers', () => {
  test('cost the node little memory, however many they are and however far behind', async () => {
    await withNode('slow', async (node) => {
      const client = connect(node.url);
      const text = 'x'.repeat(9_000);
      const ids: string[] = [];
      for (let i = 0; i < 80; i++) {
        const events = Array.from({ length: 100 }, (_, n) => jsonEvent({ type: 'big', data: { n, text } }));
        ids.push(...idsOf(events));
        await client.appendToStream(`big-${i}`, events);
      }
      const before = await memoryOf(node);
      // 40 readers of 70 MB each, who stop after the first event.
      const readers = await Promise.all(
        Array.from({ length: 40 }, async () => {
          const subscription = client.subscribeToAll({ fromPosition: START });
          await new Promise((resolve) => subscription.once('data', (event) => resolve(event)));
          subscription.pause();
          return subscription;
        }),
      );
      await client.appendToStream('more', jsonEvents(1));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect((await memoryOf(node)) - before).toBeLessThan(400);
      const [first, ...others] = readers;
      const rest: ResolvedEvent[] = [];
      for await (const event of first!) if (rest.push(event) && event.event!.streamId === 'more') break;
      expect(idsRead(rest.filter(({ event }) => event!.type === 'big'))).toEqual(ids);
      for (const other of others) await other.unsubscribe();
      await client.dispose();
    });
  });
});
