import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { START, ThroughlineError } from '@throughline/contracts';
import { openLog } from '@throughline/event-log';
import { handleAppend } from './grpc/append.ts';
import { handleBatchAppend } from './grpc/batch-append.ts';
import { handleGossip, handleSupportedMethods } from './grpc/discovery.ts';
import { handleDelete, handleTombstone } from './grpc/end-stream.ts';
import { GossipService, ServerFeaturesService, STREAMS } from './grpc/protocol.ts';
import { refuseAll, UNSERVED } from './grpc/unserved.ts';
import { pipelined } from './grpc/pipelined-call.ts';
import { handleRead } from './grpc/read.ts';
import { BackwardsReader } from './read/read-all.ts';
import { Writer } from './store/writer.ts';

/** Requests larger than an append may be are still read, so that they are told so. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
/** How long clients have to take the last answers when the node closes. */
const CLOSING_MS = 2000;

export interface DevNodeOptions {
  /** The folder of its log; made when it is not there. */
  readonly dir: string;
  /** 0, the default, for a free one. */
  readonly port?: number;
  /** An address of this machine's own loopback; `127.0.0.1` unless told. */
  readonly host?: string;
}

export interface DevNode {
  /** A connection string for the official client. */
  readonly url: string;
  readonly port: number;
  /** Answers what is under way, ends what would never end, and closes the log. */
  close(): Promise<void>;
}

/**
 * Starts a development node: EventStoreDB's gRPC protocol, as its official client speaks it, over the embedded log. For
 * development and tests: no TLS, no users, one node, loopback only.
 *
 * @throws ThroughlineError `invalid-request` for a host that is not loopback; `log-locked` when another process has the folder.
 */
export async function startDevNode({ dir, port = 0, host = '127.0.0.1' }: DevNodeOptions): Promise<DevNode> {
  if (!LOOPBACK.has(host))
    throw new ThroughlineError(
      'invalid-request',
      'The development node listens on loopback only: 127.0.0.1, ::1 or localhost.',
    );
  const log = await openLog({ dir });
  const closing = new AbortController();
  // Every open call waits for it.
  setMaxListeners(0, closing.signal);
  const writer = new Writer(log);
  if ((await log.head()) === START) await begin(writer);
  const server = new Server({
    'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
    'grpc.max_send_message_length': -1,
    interceptors: [pipelined],
  });
  const address = host.includes(':') ? `[${host}]` : host;
  let bound = port;
  server.addService(STREAMS, {
    append: handleAppend(writer, closing.signal),
    batchAppend: handleBatchAppend(writer, closing.signal),
    read: handleRead({ log, backwards: new BackwardsReader(log), closing: closing.signal }),
    delete: handleDelete(writer),
    tombstone: handleTombstone(writer),
  });
  for (const service of UNSERVED) server.addService(service.definition, refuseAll(service));
  server.addService(ServerFeaturesService, { getSupportedMethods: handleSupportedMethods() });
  server.addService(GossipService, { read: handleGossip(host, () => bound, randomUUID()) });
  try {
    bound = await bind(server, `${address}:${port}`);
  } catch (error) {
    await log.close();
    throw error;
  }
  return {
    url: `esdb://${address}:${bound}?tls=false`,
    port: bound,
    async close() {
      closing.abort();
      await shutDown(server);
      await writer.idle();
      await log.close();
    },
  };
}

/** The first event of a new log. On a server, too, `$all` never begins with what clients wrote, and nothing of theirs is at position 0. */
async function begin(writer: Writer): Promise<void> {
  const event = {
    id: randomUUID(),
    type: '$DevelopmentNodeCreated',
    isJson: true,
    data: Buffer.from('{}'),
    metadata: new Uint8Array(0),
  };
  await writer.submit({
    kind: 'append',
    stream: '$development-node',
    expected: 'no_stream',
    events: [event],
    deadline: Infinity,
  });
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

async function shutDown(server: Server): Promise<void> {
  const timer = setTimeout(() => server.forceShutdown(), CLOSING_MS);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(timer);
}
