/** Streams.Append: one append a call. */
import type { handleClientStreamingCall } from '@grpc/grpc-js';
import { offsetOf } from '../read/place.ts';
import type { Expected } from '../store/admission.ts';
import type { Outcome } from '../store/decide.ts';
import type { ProposedEvent } from '../store/stored-event.ts';
import type { Writer } from '../store/writer.ts';
import { AppendResp, Empty, type AppendReq, type AppendRespMessage } from './protocol.ts';
import {
  invalidArgument,
  MAX_APPEND_BYTES,
  missingMetadata,
  refusalOf,
  streamDeleted,
  tooLarge,
  tooLate,
  unavailable,
} from './refusals.ts';
import { eventOf, expectedOf, sizeOf, streamOf } from './requests.ts';

/** `closing` aborts when the node closes: what has not come whole by then is refused. */
export function handleAppend(
  writer: Writer,
  closing: AbortSignal,
): handleClientStreamingCall<AppendReq, AppendRespMessage> {
  return async (call, answer) => {
    const close = () => call.destroy(unavailable('The development node is closing.'));
    closing.addEventListener('abort', close);
    try {
      const request = await read(call).finally(() => closing.removeEventListener('abort', close));
      answer(null, replyTo(await writer.submit({ kind: 'append', ...request, deadline: Infinity }), request));
    } catch (error) {
      answer(refusalOf(error));
    }
  };
}

interface Target {
  readonly stream: string;
  readonly expected: Expected;
}

async function read(messages: AsyncIterable<AppendReq>): Promise<Target & { readonly events: ProposedEvent[] }> {
  let target: Target | undefined;
  const events: ProposedEvent[] = [];
  let bytes = 0;
  for await (const message of messages) {
    const options = message.getOptions();
    const proposal = message.getProposedMessage();
    if (options)
      target = {
        stream: streamOf(options.getStreamIdentifier()),
        expected: expectedOf(options, options.getRevision()),
      };
    if (!proposal) continue;
    for (const property of ['type', 'content-type'])
      if (!proposal.getMetadataMap().has(property)) throw missingMetadata(property);
    const event = eventOf(proposal);
    bytes += sizeOf(event);
    if (bytes > MAX_APPEND_BYTES) throw tooLarge();
    events.push(event);
  }
  if (!target) throw invalidArgument('An append begins with its options.');
  return { ...target, events };
}

function replyTo(outcome: Outcome, { stream, expected }: Target): AppendRespMessage {
  if (outcome.ok) {
    const success = new AppendResp.Success();
    if (outcome.revision < 0) success.setNoStream(new Empty());
    else success.setCurrentRevision(String(outcome.revision));
    const position = new AppendResp.Position();
    const offset = String(offsetOf(outcome.position));
    position.setCommitPosition(offset);
    position.setPreparePosition(offset);
    success.setPosition(position);
    return new AppendResp().setSuccess(success);
  }
  switch (outcome.reason) {
    case 'WRONG_REVISION':
      return new AppendResp().setWrongExpectedVersion(wrongVersion(expected, outcome.actual));
    case 'STREAM_DELETED':
      throw streamDeleted(stream);
    case 'TOO_LATE':
      throw tooLate();
  }
}

function wrongVersion(expected: Expected, actual: number) {
  const wrong = new AppendResp.WrongExpectedVersion();
  if (actual < 0) wrong.setCurrentNoStream(new Empty());
  else wrong.setCurrentRevision(String(actual));
  if (expected === 'any') wrong.setExpectedAny(new Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new Empty());
  else wrong.setExpectedRevision(String(expected));
  return wrong;
}
