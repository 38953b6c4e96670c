/**
 * One long call over which appends go out and their outcomes come back, in whatever order. When it breaks, the outcome of
 * every append on its way is unknown, and the next append begins a new call.
 */
import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { ThroughlineError, type Position } from '@throughline/contracts';
import { NO_STREAM } from '../port.ts';
import type { BatchStream, Connection } from './connection.ts';
import { isFinal, problemOf } from './failure.ts';
import { positionText } from './position.ts';
import type { PreparedAppend } from './prepared.ts';

/** After so long the server answers that it did not get to it. */
const SERVER_MS = 10_000;
/** After so long without an answer there will be none. */
const ANSWER_MS = 15_000;
const LOOK_EVERY_MS = 1000;
/** Events of one message; an append may take several. The server reads messages of 4 MiB. */
const MESSAGE_BYTES = 1024 * 1024;
const PACKAGE = 'event_store.client.';

export type Outcome =
  /** It stands there, now or since an earlier try. Not every server says where when it was an earlier one. */
  | { readonly kind: 'done'; readonly revision: number; readonly position: Position | undefined }
  | { readonly kind: 'wrong-revision'; readonly actual: number }
  | { readonly kind: 'unknown'; readonly error: unknown }
  | { readonly kind: 'refused'; readonly error: ThroughlineError };

interface Due {
  readonly until: number;
  resolve(outcome: Outcome): void;
}

export class AppendCall {
  readonly #connection: Connection;
  readonly #due = new Map<string, Due>();
  #stream: Promise<BatchStream> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Sends an append, after all that were sent before; resolves with what became of it, and never rejects. */
  async send(append: PreparedAppend): Promise<Outcome> {
    const correlation = randomUUID();
    return await new Promise((resolve) => {
      this.#due.set(correlation, { until: Date.now() + ANSWER_MS, resolve });
      this.#timer ??= setInterval(() => this.#giveUp(), LOOK_EVERY_MS);
      this.#stream ??= this.#begin();
      void this.#write(append, correlation);
    });
  }

  /** What cannot be written is settled by whoever ends the stream. */
  async #write(append: PreparedAppend, correlation: string): Promise<void> {
    const stream = await this.#stream?.catch(() => undefined);
    if (stream) for (const request of requestsOf(append, correlation)) stream.write(request);
  }

  #begin(): Promise<BatchStream> {
    const begun = this.#connection.batchAppend().then((stream) => {
      const broken = (error: unknown) => this.#break(begun, error);
      stream.on('data', (answer: BatchAppendResp) => this.#answered(answer));
      stream.on('error', broken);
      stream.on('end', () => broken(new Error('The server ended the call.')));
      return stream;
    });
    begun.catch((error: unknown) => this.#break(begun, error));
    return begun;
  }

  #answered(answer: BatchAppendResp): void {
    this.#settle(answer.getCorrelationId()?.getString() ?? '', outcomeOf(answer));
  }

  /** What was on its way over this call has an unknown outcome, unless no other call could have a better one. */
  #break(call: Promise<BatchStream>, error: unknown): void {
    if (this.#stream !== call) return;
    this.#stream = undefined;
    const outcome: Outcome = isFinal(error) ? { kind: 'refused', error: problemOf(error) } : { kind: 'unknown', error };
    for (const correlation of this.#due.keys()) this.#settle(correlation, outcome);
  }

  #giveUp(): void {
    const now = Date.now();
    for (const [correlation, { until }] of this.#due)
      if (until < now)
        this.#settle(correlation, { kind: 'unknown', error: new Error('The server did not answer in time.') });
  }

  #settle(correlation: string, outcome: Outcome): void {
    const due = this.#due.get(correlation);
    this.#due.delete(correlation);
    if (this.#due.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    due?.resolve(outcome);
  }
}

function* requestsOf(append: PreparedAppend, correlation: string): Generator<BatchAppendReq> {
  const id = uuid(correlation);
  let request = new streams.BatchAppendReq();
  request.setCorrelationId(id);
  request.setOptions(optionsOf(append));
  let bytes = 0;
  for (const { event, data, metadata } of append.events) {
    const size = data.length + metadata.length;
    if (bytes > 0 && bytes + size > MESSAGE_BYTES) {
      yield request;
      request = new streams.BatchAppendReq();
      request.setCorrelationId(id);
      bytes = 0;
    }
    const message = new streams.BatchAppendReq.ProposedMessage();
    message.setId(uuid(event.id));
    message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
    message.setData(data);
    message.setCustomMetadata(metadata);
    request.addProposedMessages(message);
    bytes += size;
  }
  request.setIsFinal(true);
  yield request;
}

function optionsOf({ stream, expectedRevision }: PreparedAppend) {
  const options = new streams.BatchAppendReq.Options();
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  options.setStreamIdentifier(identifier);
  if (expectedRevision === NO_STREAM) options.setNoStream(new empty.Empty());
  else options.setStreamPosition(String(expectedRevision));
  options.setDeadline(timestamp.Timestamp.fromDate(new Date(Date.now() + SERVER_MS)));
  return options;
}

function uuid(text: string) {
  const id = new shared.UUID();
  id.setString(text);
  return id;
}

function outcomeOf(answer: BatchAppendResp): Outcome {
  const error = answer.getError();
  if (error) return failureOf(error);
  const success = answer.getSuccess();
  const position = success?.getPosition();
  return {
    kind: 'done',
    revision: Number(success?.getCurrentRevision() ?? 0),
    position: position && positionText(position.getCommitPosition(), position.getPreparePosition()),
  };
}

/** Anything but a clear no leaves open whether it happened. */
function failureOf(error: Status): Outcome {
  const details = error.getDetails();
  switch (details?.getTypeName()) {
    case `${PACKAGE}WrongExpectedVersion`: {
      const wrong = details.unpack(shared.WrongExpectedVersion.deserializeBinary, details.getTypeName());
      const actual = wrong?.hasCurrentStreamRevision() ? Number(wrong.getCurrentStreamRevision()) : NO_STREAM;
      return { kind: 'wrong-revision', actual };
    }
    case `${PACKAGE}MaximumAppendSizeExceeded`: {
      const most = details.unpack(shared.MaximumAppendSizeExceeded.deserializeBinary, details.getTypeName());
      return refused('too-large', `The server takes appends of ${most?.getMaxappendsize()} bytes at most.`);
    }
    case `${PACKAGE}AccessDenied`:
      return refused('log-refused');
    case `${PACKAGE}StreamDeleted`:
      return refused('invalid-request', 'The stream was deleted on the server.');
    case `${PACKAGE}BadRequest`:
      return refused('invalid-request', 'The server cannot read the append.');
    default:
      return { kind: 'unknown', error: new Error(`The server answered ${details?.getTypeName() ?? 'nothing'}.`) };
  }
}

function refused(code: ThroughlineError['code'], detail?: string): Outcome {
  return { kind: 'refused', error: new ThroughlineError(code, detail) };
}
