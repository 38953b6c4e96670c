import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';

/** What one call may have handed to HTTP/2 before the client takes it. */
const MAX_IN_FLIGHT = 256 * 1024;
/** What an answer that is no buffer counts for. */
const SMALL_ANSWER = 256;

/**
 * A call whose messages do not wait for each other. By itself grpc-js sends the next one when the last has left, one packet each;
 * so does HTTP/2 take many at once, and the window still holds up a sender whose client is slow.
 */
class PipelinedCall extends ServerInterceptingCall {
  #inFlight = 0;
  #goOn: (() => void) | undefined;

  override sendMessage(message: unknown, callback: () => void): void {
    const bytes = message instanceof Uint8Array ? message.length : SMALL_ANSWER;
    this.#inFlight += bytes;
    super.sendMessage(message, () => {
      this.#inFlight -= bytes;
      if (this.#inFlight >= MAX_IN_FLIGHT) return;
      const goOn = this.#goOn;
      this.#goOn = undefined;
      goOn?.();
    });
    if (this.#inFlight < MAX_IN_FLIGHT) callback();
    else this.#goOn = callback;
  }
}

export const pipelined: ServerInterceptor = (_method, call) => new PipelinedCall(call);
