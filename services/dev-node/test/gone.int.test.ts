import { once } from 'node:events';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { START, type Position } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import { ServerFeaturesService, STREAMS } from '../src/grpc/protocol.ts';
import { handleSupportedMethods } from '../src/grpc/discovery.ts';
import { handleRead } from '../src/grpc/read.ts';
import { BackwardsReader } from '../src/read/read-all.ts';
import { connect } from './support/node.ts';

test('A subscriber that is gone leaves nothing behind that goes on reading', async () => {
  const left: Promise<void>[] = [];
  /** An empty log that tells when a reading of what comes has ended. */
  const log = {
    head: () => Promise.resolve<Position>(START),
    async *follow(_from, signal) {
      left.push(once(signal, 'abort').then(() => undefined));
      await left[left.length - 1];
      yield { events: [], through: START };
    },
  } as Partial<LogReader> as LogReader;
  const server = new Server();
  const source = { log, backwards: new BackwardsReader(log), closing: new AbortController().signal };
  server.addService({ read: STREAMS.read }, { read: handleRead(source) });
  server.addService(ServerFeaturesService, { getSupportedMethods: handleSupportedMethods() });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const client = connect(`esdb://127.0.0.1:${port}?tls=false`);
  const subscription = client.subscribeToAll();
  await new Promise((resolve) => subscription.once('caughtUp', resolve).resume());
  const other = client.subscribeToAll();
  await new Promise((resolve) => other.once('caughtUp', resolve).resume());
  await subscription.unsubscribe();
  await left[0];
  await client.dispose();
  await Promise.all(left);
  expect(left).toHaveLength(2);
  server.forceShutdown();
});
