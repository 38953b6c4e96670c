import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { binaryEvent, EventStoreDBClient, jsonEvent, type EventData, type ResolvedEvent } from '@eventstore/db-client';
import { startDevNode, type DevNode } from '../../src/index.ts';

/** Whatever is passed makes the official client append over `Append` in place of `BatchAppend`. The node ignores who it is. */
export const BY_CALL = { credentials: { username: 'anyone', password: 'anything' } };

/** A node of the test file's own and the official client connected to it. */
export function useNode(): { readonly node: () => DevNode; readonly client: () => EventStoreDBClient } {
  let dir: string;
  let node: DevNode;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    dir = await newFolder();
    node = await startDevNode({ dir });
    client = connect(node.url);
  });
  afterAll(async () => {
    await client.dispose();
    await node.close();
    await rm(dir, { recursive: true });
  });
  return { node: () => node, client: () => client };
}

export function connect(url: string): EventStoreDBClient {
  return EventStoreDBClient.connectionString(url);
}

export function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'throughline-dev-node-'));
}

export function jsonEvents(count: number, type = 'test'): EventData[] {
  return Array.from({ length: count }, (_, index) => jsonEvent({ type, data: { message: 'test', index } }));
}

export function binaryEvents(count: number, type = 'test'): EventData[] {
  return Array.from({ length: count }, (_, index) => binaryEvent({ type, data: Buffer.from(`hello: ${index}`) }));
}

export async function collect(events: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[]> {
  const all: ResolvedEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** What a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail.');
}

export const idsOf = (events: readonly EventData[]): string[] => events.map(({ id }) => id);
export const idsRead = (events: readonly ResolvedEvent[]): string[] => events.map(({ event }) => event!.id);
export const revisionsRead = (events: readonly ResolvedEvent[]): number[] =>
  events.map(({ event }) => Number(event!.revision));
