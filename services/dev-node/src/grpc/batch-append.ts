/** Streams.BatchAppend: any number of appends over one call, each in one or more fragments and answered by its correlation id. */
import type { handleBidiStreamingCall, ServerDuplexStream } from '@grpc/grpc-js';
import type { Expected } from '../store/admission.ts';
import type { ProposedEvent } from '../store/stored-event.ts';
import type { Writer } from '../store/writer.ts';
import { badRequest, outcomeStatus, success, timeout, tooLargeStatus } from './batch-answers.ts';
import {
  BatchAppendResp,
  type BatchAppendReq,
  type BatchAppendRespMessage,
  type StatusMessage,
  type StreamIdentifierMessage,
} from './protocol.ts';
import { MAX_APPEND_BYTES, refusalOf } from './refusals.ts';
import { eventOf, expectedOf, idOf, sizeOf, streamOf } from './requests.ts';

/** No further request is read while so many bytes wait to be written. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;

type Call = ServerDuplexStream<BatchAppendReq, BatchAppendRespMessage>;

/** An append whose last fragment has not come. */
interface Open {
  readonly stream: string;
  readonly identifier: StreamIdentifierMessage;
  readonly expected: Expected;
  readonly deadline: number;
  readonly events: ProposedEvent[];
  bytes: number;
}

export function handleBatchAppend(writer: Writer): handleBidiStreamingCall<BatchAppendReq, BatchAppendRespMessage> {
  return (call) => new BatchAppends(call, writer).start();
}

class BatchAppends {
  readonly #call: Call;
  readonly #writer: Writer;
  readonly #open = new Map<string, Open>();
  #unanswered = 0;
  #isEnded = false;

  constructor(call: Call, writer: Writer) {
    this.#call = call;
    this.#writer = writer;
  }

  start(): void {
    this.#call.on('data', (request: BatchAppendReq) => this.#take(request));
    this.#call.on('end', () => {
      this.#isEnded = true;
      this.#endOnceAnswered();
    });
  }

  #take(request: BatchAppendReq): void {
    const identifier = request.getOptions()?.getStreamIdentifier();
    try {
      const id = idOf(request.getCorrelationId());
      const append = this.#open.get(id) ?? openOf(request);
      // What was refused already goes on coming.
      if (append === undefined) return;
      this.#open.set(id, append);
      for (const proposal of request.getProposedMessagesList()) {
        const event = eventOf(proposal);
        append.events.push(event);
        append.bytes += sizeOf(event);
      }
      const refused = refusedNow(append);
      if (refused) this.#refuse(request, append.identifier, refused);
      if (refused || request.getIsFinal()) this.#open.delete(id);
      if (!refused && request.getIsFinal()) void this.#submit(request, append);
    } catch (error) {
      this.#open.delete(request.getCorrelationId()?.getString() ?? '');
      this.#refuse(request, identifier, badRequest(refusalOf(error).details));
    }
  }

  async #submit(request: BatchAppendReq, append: Open): Promise<void> {
    this.#unanswered++;
    if (this.#writer.queuedBytes > MAX_QUEUED_BYTES) this.#call.pause();
    const { stream, expected, events, deadline } = append;
    try {
      const outcome = await this.#writer.submit({ kind: 'append', stream, expected, events, deadline });
      if (outcome.ok) this.#answer(request, append.identifier, success(outcome.revision, outcome.position));
      else this.#refuse(request, append.identifier, outcomeStatus(outcome, append.identifier, expected));
    } catch (error) {
      this.#call.destroy(refusalOf(error));
    }
    this.#unanswered--;
    if (this.#call.isPaused() && this.#writer.queuedBytes <= MAX_QUEUED_BYTES) this.#call.resume();
    this.#endOnceAnswered();
  }

  #refuse(request: BatchAppendReq, identifier: StreamIdentifierMessage | undefined, status: StatusMessage): void {
    this.#answer(request, identifier, new BatchAppendResp().setError(status));
  }

  #answer(
    request: BatchAppendReq,
    identifier: StreamIdentifierMessage | undefined,
    answer: BatchAppendRespMessage,
  ): void {
    if (this.#call.cancelled || this.#call.writableEnded) return;
    answer.setCorrelationId(request.getCorrelationId());
    answer.setStreamIdentifier(identifier);
    this.#call.write(answer);
  }

  #endOnceAnswered(): void {
    if (this.#isEnded && this.#unanswered === 0) this.#call.end();
  }
}

/** The append that a first fragment begins; undefined for one that begins none. */
function openOf(request: BatchAppendReq): Open | undefined {
  const options = request.getOptions();
  const identifier = options?.getStreamIdentifier();
  if (!options || !identifier) return undefined;
  return {
    stream: streamOf(identifier),
    identifier,
    expected: expectedOf(options, options.getStreamPosition()),
    deadline: options.getDeadline()?.toDate().getTime() ?? Number.POSITIVE_INFINITY,
    events: [],
    bytes: 0,
  };
}

function refusedNow({ bytes, deadline }: Open): StatusMessage | undefined {
  if (bytes > MAX_APPEND_BYTES) return tooLargeStatus();
  return deadline <= Date.now() ? timeout() : undefined;
}
