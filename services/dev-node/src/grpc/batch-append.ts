/** Streams.BatchAppend: any number of appends over one call, each in one or more fragments and answered by its correlation id. */
import type { handleBidiStreamingCall, ServerDuplexStream } from '@grpc/grpc-js';
import type { Expected } from '../store/admission.ts';
import type { ProposedEvent } from '../store/stored-event.ts';
import type { Writer } from '../store/writer.ts';
import { badRequest, outcomeStatus, success, timeout, tooLargeStatus } from './batch-answers.ts';
import {
  BatchAppendResp,
  StreamIdentifier,
  type BatchAppendReq,
  type BatchAppendRespMessage,
  type StatusMessage,
  type StreamIdentifierMessage,
} from './protocol.ts';
import { MAX_APPEND_BYTES, refusalOf, unavailable } from './refusals.ts';
import { eventOf, expectedOf, sizeOf, streamOf } from './requests.ts';

/** No further request is read while so many bytes wait to be written. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
const LONGEST_TIMER = 2 ** 31 - 1;

type Call = ServerDuplexStream<BatchAppendReq, BatchAppendRespMessage>;

/** An append whose last fragment has not come. */
interface Open {
  readonly stream: string;
  readonly identifier: StreamIdentifierMessage;
  readonly expected: Expected;
  readonly deadline: number;
  readonly events: ProposedEvent[];
  bytes: number;
  timer?: NodeJS.Timeout;
}

/** `closing` aborts when the node closes: what was taken is answered, then the call ends. */
export function handleBatchAppend(
  writer: Writer,
  closing: AbortSignal,
): handleBidiStreamingCall<BatchAppendReq, BatchAppendRespMessage> {
  return (call) => new BatchAppends(call, writer, closing).start();
}

class BatchAppends {
  readonly #call: Call;
  readonly #writer: Writer;
  readonly #closing: AbortSignal;
  readonly #open = new Map<string, Open>();
  #unanswered = 0;
  #isEnded = false;

  constructor(call: Call, writer: Writer, closing: AbortSignal) {
    this.#call = call;
    this.#writer = writer;
    this.#closing = closing;
  }

  start(): void {
    const close = () => this.#goOn();
    this.#closing.addEventListener('abort', close, { once: true });
    this.#call.on('data', (request: BatchAppendReq) => this.#take(request));
    this.#call.on('end', () => {
      this.#isEnded = true;
      this.#goOn();
    });
    for (const event of ['cancelled', 'close'])
      this.#call.on(event, () => {
        this.#closing.removeEventListener('abort', close);
        for (const append of this.#open.values()) clearTimeout(append.timer);
        this.#open.clear();
      });
  }

  #take(request: BatchAppendReq): void {
    const correlation = request.getCorrelationId();
    const key = correlation?.getString() || JSON.stringify(correlation?.toObject());
    try {
      const append = this.#open.get(key) ?? openOf(request);
      // What was refused goes on coming.
      if (append === undefined) return;
      this.#close(key);
      for (const proposal of request.getProposedMessagesList()) {
        const event = eventOf(proposal);
        append.events.push(event);
        append.bytes += sizeOf(event);
      }
      const refused = refusedNow(append);
      if (refused) this.#refuse(request, append.identifier, refused);
      else if (request.getIsFinal()) void this.#submit(request, append);
      else this.#waitForMore(key, request, append);
    } catch (error) {
      this.#close(key);
      this.#refuse(request, request.getOptions()?.getStreamIdentifier(), badRequest(refusalOf(error).details));
    }
  }

  /** Keeps an append until its next fragment comes or its deadline passes. */
  #waitForMore(key: string, request: BatchAppendReq, append: Open): void {
    const late = () => {
      this.#open.delete(key);
      this.#refuse(request, append.identifier, timeout());
    };
    append.timer = setTimeout(late, Math.min(append.deadline - Date.now(), LONGEST_TIMER));
    this.#open.set(key, append);
  }

  #close(key: string): void {
    clearTimeout(this.#open.get(key)?.timer);
    this.#open.delete(key);
  }

  async #submit(request: BatchAppendReq, append: Open): Promise<void> {
    const { stream, identifier, expected, events, deadline } = append;
    this.#unanswered++;
    try {
      const outcome = this.#writer.submit({ kind: 'append', stream, expected, events, deadline });
      if (this.#writer.queuedBytes > MAX_QUEUED_BYTES) this.#call.pause();
      const done = await outcome;
      if (done.ok) this.#answer(request, identifier, success(done.revision, done.position));
      else this.#refuse(request, identifier, outcomeStatus(done, identifier, expected));
    } catch (error) {
      this.#call.emit('error', refusalOf(error));
    }
    this.#unanswered--;
    this.#goOn();
  }

  /** Ends the call once all is answered, when it is to end; else reads on. */
  #goOn(): void {
    if (this.#closing.aborted) this.#call.pause();
    else if (this.#unanswered === 0 || this.#writer.queuedBytes <= MAX_QUEUED_BYTES) this.#call.resume();
    if (this.#unanswered > 0) return;
    if (this.#isEnded) this.#call.end();
    else if (this.#closing.aborted) this.#call.emit('error', unavailable('The development node is closing.'));
  }

  #refuse(request: BatchAppendReq, identifier: StreamIdentifierMessage | undefined, status: StatusMessage): void {
    this.#answer(request, identifier, new BatchAppendResp().setError(status));
  }

  /** The official client reads the stream's name of every error, so that all have one. */
  #answer(
    request: BatchAppendReq,
    identifier: StreamIdentifierMessage = new StreamIdentifier(),
    answer: BatchAppendRespMessage,
  ): void {
    if (this.#call.cancelled || this.#call.writableEnded) return;
    answer.setCorrelationId(request.getCorrelationId());
    answer.setStreamIdentifier(identifier);
    this.#call.write(answer);
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
  if (deadline <= Date.now()) return timeout();
  return bytes > MAX_APPEND_BYTES ? tooLargeStatus() : undefined;
}
