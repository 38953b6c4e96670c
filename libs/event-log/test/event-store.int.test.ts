import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { eventLogContract } from '../src/contract/event-log-contract.ts';
import { Connection } from '../src/eventstoredb/connection.ts';
import { serverReader } from '../src/eventstoredb/server-reader.ts';
import { openEventStore, type EventLog } from '../src/index.ts';
import { TestServer } from './support/event-store.ts';
import { TestMirror } from './support/mirror.ts';

let server: TestServer;
let dir: string;
let mirror: TestMirror;
beforeAll(async () => {
  server = await TestServer.start();
  dir = await mkdtemp(join(tmpdir(), 'throughline-mirror-'));
  mirror = new TestMirror({ url: server.url, dir });
});
afterAll(async () => {
  await mirror.stop();
  await server.stop();
  await rm(dir, { recursive: true });
});

/** The log, all that the server can answer read from the server itself. */
function openUnmirrored(): EventLog {
  const log = openEventStore({ url: server.url, mirrorDir: dir });
  const connection = new Connection(server.url);
  return {
    ...log,
    ...serverReader(connection),
    async close() {
      await connection.close();
      await log.close();
    },
  };
}

for (const [name, open] of [
  ['An EventStoreDB with a mirror', () => openEventStore({ url: server.url, mirrorDir: dir })],
  ['An EventStoreDB read without a mirror', openUnmirrored],
] as const) {
  eventLogContract(name, async () => {
    let log = open();
    return {
      log,
      async reopen() {
        await log.close();
        log = open();
        return log;
      },
      dispose: () => log.close(),
    };
  });
}
