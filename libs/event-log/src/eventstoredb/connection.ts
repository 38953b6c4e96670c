/**
 * The client, and the three calls of its protocol that a log needs.
 *
 * The client finds the server (connection string, cluster, leader), keeps the connection, and reconnects. Its methods for
 * reading and appending are left alone: appending shares one table of pending calls among all clients of a process, so that
 * one's error is everybody's, and waits for ever for an answer that does not come; reading parses all JSON, also what nobody
 * asks for. So the calls are made here, over its channel, with its generated messages.
 */
import { EventStoreDBClient } from '@eventstore/db-client';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { BatchAppendReq, BatchAppendResp, ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { CallOptions, Client, ClientDuplexStream, ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { ThroughlineError } from '@throughline/contracts';
import { readAnswer, type ReadAnswer } from './wire.ts';

export type AnswerStream = ClientReadableStream<ReadAnswer>;
export type BatchStream = ClientDuplexStream<BatchAppendReq, BatchAppendResp>;

type StreamsClient = InstanceType<typeof streamsGrpc.StreamsClient>;

/** What subclasses of the client may use, and so may we: the version is pinned. */
interface ClientInside {
  GRPCStreamCreator<T>(
    client: typeof streamsGrpc.StreamsClient,
    name: string,
    create: (client: StreamsClient) => T,
  ): () => Promise<T>;
  callArguments(options: object, callOptions: CallOptions): [Metadata, CallOptions];
  getChannel(): Promise<{ close(): void }>;
}

const FOR_EVER: CallOptions = { deadline: Number.POSITIVE_INFINITY };

export class Connection {
  readonly #client: EventStoreDBClient;
  readonly #inside: ClientInside;
  readonly #closing = new AbortController();
  #used = false;

  /** @throws ThroughlineError `invalid-request`, which does not show the string: it may hold a password. */
  constructor(url: string) {
    try {
      this.#client = EventStoreDBClient.connectionString(url);
    } catch {
      throw new ThroughlineError(
        'invalid-request',
        'The connection string of EventStoreDB cannot be understood. It begins with esdb:// or esdb+discover://.',
      );
    }
    this.#inside = this.#client as unknown as ClientInside;
  }

  /** Aborts when the connection is closed: nothing is worth waiting for then. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Asks for events: of a stream or of all, those there are or those to come as well. It ends with an error, or by `cancel`. */
  read(request: ReadReq): Promise<AnswerStream> {
    this.#used = true;
    const { path, requestSerialize } = streamsGrpc.StreamsService.read;
    return this.#inside.GRPCStreamCreator(streamsGrpc.StreamsClient, 'read', (client) =>
      (client as Client).makeServerStreamRequest(
        path,
        requestSerialize,
        readAnswer,
        request,
        ...this.#inside.callArguments({}, FOR_EVER),
      ),
    )();
  }

  /** A stream of appends and of their outcomes. */
  batchAppend(): Promise<BatchStream> {
    this.#used = true;
    return this.#inside.GRPCStreamCreator(streamsGrpc.StreamsClient, 'batchAppend', (client) =>
      client.batchAppend(...this.#inside.callArguments({}, FOR_EVER)),
    )();
  }

  /** Ends all calls, and lets go of the server. */
  async close(): Promise<void> {
    this.#closing.abort();
    if (!this.#used) return;
    await this.#client.dispose();
    const channel = await this.#inside.getChannel().catch(() => undefined);
    channel?.close();
  }
}
