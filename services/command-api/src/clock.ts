import { CLOCK, dayFromText, dayOf, dayToText, NAMESPACE, uuidv5, type Day } from '@throughline/contracts';
import { NO_STREAM, type LogReader, type LogWriter, type NewEvent } from '@throughline/event-log';
import type { Logger } from 'pino';

/** A process that slept over midnight notices within this time. */
const LOOK_AGAIN_MS = 60_000;
const HOUR_MS = 3_600_000;

export interface ClockParts {
  readonly log: Pick<LogReader, 'readStream'> & LogWriter;
  /** IANA name. */
  readonly timeZone: string;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * Time passes by event: `day.closed`, one for each day of the company's time zone, in order and without a gap. A log that
 * has none begins with yesterday; one that was closed for a while gets the days it missed.
 */
export class Clock {
  readonly #log: ClockParts['log'];
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #dayOf: (epochMs: number) => Day;
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor({ log, timeZone, logger, now = Date.now }: ClockParts) {
    this.#log = log;
    this.#logger = logger;
    this.#now = now;
    this.#dayOf = dayOf(timeZone);
  }

  /** Resolves once every day before today is closed; goes on closing days until it is stopped. */
  async start(): Promise<void> {
    await this.closeDays();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#ticking;
  }

  /** Closes the days that are over and not closed yet. Of several clocks on one log the others find the days closed. */
  async closeDays(): Promise<void> {
    for (;;) {
      const today = this.#dayOf(this.#now());
      const last = await this.#lastTick();
      const events: NewEvent[] = [];
      for (let day = last ? last.day + 1 : today - 1; day < today; day += 1) events.push(this.#tick(day));
      if (events.length === 0) return;
      const expectedRevision = last?.revision ?? NO_STREAM;
      const [result] = await this.#log.append([{ stream: CLOCK, expectedRevision, events }]);
      if (result?.ok) return;
    }
  }

  #schedule(): void {
    if (this.#stopped) return;
    const now = this.#now();
    const untilMidnight = beginningOf(this.#dayOf(now) + 1, this.#dayOf) - now;
    this.#timer = setTimeout(
      () => {
        this.#ticking = this.closeDays()
          .catch((error: unknown) => this.#logger.error({ err: error }, 'a day could not be closed; trying again'))
          .then(() => this.#schedule());
      },
      Math.min(untilMidnight, LOOK_AGAIN_MS),
    );
  }

  async #lastTick(): Promise<{ day: Day; revision: number } | undefined> {
    for await (const { data, revision } of this.#log.readStream(CLOCK, { backwards: true, limit: 1 })) {
      const day = dayFromText(String(data['day']));
      if (day === undefined) throw new Error('the last event of the clock’s stream names no day');
      return { day, revision };
    }
    return undefined;
  }

  #tick(day: Day): NewEvent {
    return {
      id: uuidv5(NAMESPACE.control, `day.closed ${dayToText(day)}`),
      type: 'day.closed',
      occurredAt: beginningOf(day + 1, this.#dayOf),
      data: { day: dayToText(day) },
      metadata: { schema: 1 },
    };
  }
}

/** The first millisecond of a day: no zone is more than fifteen hours from UTC. */
export function beginningOf(day: Day, dayAt: (epochMs: number) => Day): number {
  let before = day * 24 * HOUR_MS - 15 * HOUR_MS;
  let after = day * 24 * HOUR_MS + 15 * HOUR_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayAt(middle) < day) before = middle;
    else after = middle;
  }
  return after;
}
