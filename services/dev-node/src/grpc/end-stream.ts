/** Streams.Delete and Streams.Tombstone. */
import type { handleUnaryCall } from '@grpc/grpc-js';
import { offsetOf } from '../read/place.ts';
import type { Writer } from '../store/writer.ts';
import {
  DeleteResp,
  TombstoneResp,
  type DeleteReq,
  type DeleteRespMessage,
  type TombstoneReq,
  type TombstoneRespMessage,
} from './protocol.ts';
import { invalidArgument, refusalOf, streamDeleted, tooLate, wrongExpectedVersion } from './refusals.ts';
import { expectedOf, streamOf } from './requests.ts';
import { isMetadataStream } from '../store/stream-metadata.ts';

export function handleDelete(writer: Writer): handleUnaryCall<DeleteReq, DeleteRespMessage> {
  return ending(writer, 'delete', (offset) =>
    new DeleteResp().setPosition(new DeleteResp.Position().setCommitPosition(offset).setPreparePosition(offset)),
  );
}

export function handleTombstone(writer: Writer): handleUnaryCall<TombstoneReq, TombstoneRespMessage> {
  return ending(writer, 'tombstone', (offset) =>
    new TombstoneResp().setPosition(new TombstoneResp.Position().setCommitPosition(offset).setPreparePosition(offset)),
  );
}

/** @param answerAt The answer that tells the offset at which the stream's end is written. */
function ending<Answer>(
  writer: Writer,
  kind: 'delete' | 'tombstone',
  answerAt: (offset: string) => Answer,
): handleUnaryCall<DeleteReq | TombstoneReq, Answer> {
  return async ({ request }, answer) => {
    try {
      answer(null, answerAt(await end(writer, kind, request)));
    } catch (error) {
      answer(refusalOf(error));
    }
  };
}

/** Ends the stream and resolves to where that is written, as an offset. */
async function end(writer: Writer, kind: 'delete' | 'tombstone', request: DeleteReq | TombstoneReq): Promise<string> {
  const options = request.getOptions();
  if (!options) throw invalidArgument('Which stream is not said.');
  const stream = streamOf(options.getStreamIdentifier());
  if (isMetadataStream(stream)) throw invalidArgument('A metadata stream ends with its stream only.');
  const expected = expectedOf(options, options.getRevision());
  const outcome = await writer.submit({ kind, stream, expected, deadline: Number.POSITIVE_INFINITY });
  if (outcome.ok) return String(offsetOf(outcome.position));
  switch (outcome.reason) {
    case 'WRONG_REVISION':
      throw wrongExpectedVersion(stream, expected, outcome.actual);
    case 'STREAM_DELETED':
      throw streamDeleted(stream);
    case 'TOO_LATE':
      throw tooLate();
  }
}
