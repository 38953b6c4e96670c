import type { Position } from '@throughline/contracts';
import type { Batch, LogReader } from '@throughline/event-log';

/** One reading along some streams. */
interface Reading {
  readonly streams: readonly string[];
  readonly batches: AsyncIterator<Batch>;
  readonly ended: AbortController;
  /** The next batch is asked for, and not given out. */
  asked: boolean;
  outcome?: { readonly next: IteratorResult<Batch> } | { readonly error: unknown };
  /** Called when there is an outcome: whoever waits, and nobody who has stopped waiting. */
  wake?: (() => void) | undefined;
}

/** The log, followed along streams that may become others on the way, by one who does not always want to wait. */
export class Following {
  readonly #log: Pick<LogReader, 'follow'>;
  readonly #batch: number;
  readonly #signal: AbortSignal;
  #reading: Reading | undefined;

  constructor(log: Pick<LogReader, 'follow'>, { batch, signal }: { batch: number; signal: AbortSignal }) {
    this.#log = log;
    this.#batch = batch;
    this.#signal = signal;
  }

  /** The next batch is on its way, or there. */
  get asked(): boolean {
    return this.#reading?.asked ?? false;
  }

  /**
   * The next batch; undefined when it does not come within `patience` milliseconds, and it is then the next one still. Another list
   * of streams begins another reading, after the position.
   */
  async next(
    streams: readonly string[],
    after: Position,
    patience: number | undefined,
  ): Promise<IteratorResult<Batch> | undefined> {
    if (this.#reading?.streams !== streams) this.#begin(streams, after);
    const reading = this.#reading!;
    if (!reading.asked) ask(reading);
    if (!reading.outcome) await comes(reading, patience);
    const { outcome } = reading;
    if (!outcome) return undefined;
    if ('error' in outcome) throw outcome.error;
    reading.asked = false;
    delete reading.outcome;
    return outcome.next;
  }

  close(): void {
    this.#reading?.ended.abort();
  }

  #begin(streams: readonly string[], after: Position): void {
    this.close();
    const ended = new AbortController();
    const from = { after, prefixes: streams, batch: this.#batch };
    const batches = this.#log.follow(from, AbortSignal.any([this.#signal, ended.signal]))[Symbol.asyncIterator]();
    this.#reading = { streams, batches, ended, asked: false };
  }
}

function ask(reading: Reading): void {
  reading.asked = true;
  reading.batches
    .next()
    .then(
      (next) => (reading.outcome = { next }),
      (error: unknown) => (reading.outcome = { error }),
    )
    .finally(() => reading.wake?.());
}

async function comes(reading: Reading, patience: number | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    reading.wake = resolve;
    if (patience === 0) setImmediate(resolve);
    else if (patience !== undefined) timer = setTimeout(resolve, patience);
  });
  clearTimeout(timer);
  reading.wake = undefined;
}
