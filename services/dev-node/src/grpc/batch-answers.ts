/** The answers of Streams.BatchAppend: a failed append is a `google.rpc.Status` whose details its client unpacks by type. */
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import { status } from '@grpc/grpc-js';
import type { Position } from '@throughline/contracts';
import { offsetOf } from '../read/place.ts';
import type { Expected } from '../store/admission.ts';
import type { Outcome } from '../store/decide.ts';
import {
  AllStreamPosition,
  BadRequest,
  BatchAppendResp,
  MaximumAppendSizeExceeded,
  Status,
  StreamDeleted,
  Timeout,
  WrongExpectedVersion,
  type BatchAppendRespMessage,
  type StatusMessage,
  type StreamIdentifierMessage,
} from './protocol.ts';
import { MAX_APPEND_BYTES } from './refusals.ts';

export function success(revision: number, position: Position): BatchAppendRespMessage {
  const done = new BatchAppendResp.Success();
  if (revision < 0) done.setNoStream(new emptyPb.Empty());
  else done.setCurrentRevision(String(revision));
  const offset = String(offsetOf(position));
  done.setPosition(new AllStreamPosition().setCommitPosition(offset).setPreparePosition(offset));
  return new BatchAppendResp().setSuccess(done);
}

export function outcomeStatus(
  outcome: Extract<Outcome, { ok: false }>,
  stream: StreamIdentifierMessage,
  expected: Expected,
): StatusMessage {
  switch (outcome.reason) {
    case 'WRONG_REVISION':
      return wrongVersion(expected, outcome.actual);
    case 'STREAM_DELETED':
      return statusOf(status.NOT_FOUND, 'StreamDeleted', new StreamDeleted().setStreamIdentifier(stream));
    case 'TOO_LATE':
      return timeout();
  }
}

export function timeout(): StatusMessage {
  return statusOf(status.DEADLINE_EXCEEDED, 'Timeout', new Timeout());
}

export function tooLargeStatus(): StatusMessage {
  const exceeded = new MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND_BYTES);
  return statusOf(status.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', exceeded);
}

/** Clients know no such error and show its message. */
export function badRequest(message: string): StatusMessage {
  return statusOf(status.INVALID_ARGUMENT, 'BadRequest', new BadRequest().setMessage(message)).setMessage(
    `BadRequest: ${message}`,
  );
}

function wrongVersion(expected: Expected, actual: number): StatusMessage {
  const wrong = new WrongExpectedVersion();
  const nothing = new emptyPb.Empty();
  if (actual < 0) wrong.setCurrentNoStream(nothing);
  else wrong.setCurrentStreamRevision(String(actual));
  if (expected === 'any') wrong.setExpectedAny(nothing);
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(nothing);
  else if (expected === 'no_stream') wrong.setExpectedNoStream(nothing);
  else wrong.setExpectedStreamPosition(String(expected));
  return statusOf(status.ALREADY_EXISTS, 'WrongExpectedVersion', wrong);
}

/** Name and type are one in `event_store.client`. */
function statusOf(code: status, name: string, details: { serializeBinary(): Uint8Array }): StatusMessage {
  const any = new anyPb.Any();
  any.pack(details.serializeBinary(), `event_store.client.${name}`);
  return new Status()
    .setCode(code as number)
    .setMessage(name)
    .setDetails(any);
}
