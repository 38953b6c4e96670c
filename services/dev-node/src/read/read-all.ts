/** Reading the whole log. */
import { START, type Position } from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import { positionOf, type From } from './place.ts';

/** Events from a position on; the one that stands there is the first. */
export async function* allForwards(log: LogReader, from: From): AsyncGenerator<readonly RecordedEvent[]> {
  if (from === 'end') return;
  const position = from === 'start' ? START : positionOf(from);
  if (position > (await log.head())) return;
  if (position !== START) yield await log.at([position]);
  for await (const { events } of log.read({ after: position })) yield events;
}

/**
 * Reads the whole log backwards. The embedded log reads forwards only, so the places where its batches end are noted, in one
 * pass when first asked for, and each batch is then read forwards and turned round.
 */
export class BackwardsReader {
  readonly #log: LogReader;
  /** Where batches end, ascending. */
  readonly #ends: Position[] = [];

  constructor(log: LogReader) {
    this.#log = log;
  }

  /** Events before a position, the last first. */
  async *read(from: From): AsyncGenerator<readonly RecordedEvent[]> {
    if (from === 'start') return;
    const before = from === 'end' ? undefined : positionOf(from);
    await this.#note();
    for (let i = this.#ends.length - 1; i >= 0; i--) {
      const after = this.#ends[i - 1] ?? START;
      if (before !== undefined && after >= before) continue;
      const block: RecordedEvent[] = [];
      for await (const { events } of this.#log.read({ after, upTo: this.#ends[i]! })) block.push(...events);
      yield block.filter(({ position }) => before === undefined || position < before).reverse();
    }
  }

  async #note(): Promise<void> {
    for await (const { through } of this.#log.read({ after: this.#ends[this.#ends.length - 1] ?? START }))
      if (through > (this.#ends[this.#ends.length - 1] ?? START)) this.#ends.push(through);
  }
}
