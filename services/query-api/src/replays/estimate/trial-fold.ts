import {
  DUPLICATED,
  RETRACTED,
  START,
  subjectOf,
  TOUCHPOINT_PREFIX,
  upcast,
  type Day,
  type Position,
  type ProjectionDefinition,
  type Touchpoint,
} from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import { pause } from '@throughline/runtime';

/** What a trial came to. */
export interface Trial {
  readonly touchpoints: number;
  /** At work, reading included, waiting for one's turn on the thread not. */
  readonly seconds: number;
}

const TRIAL = 4_000;

/**
 * Folds the first few thousand touchpoints of the log and finishes each subject, keeping nothing: how long one thread takes for it. It
 * works in slices, so that no other question waits for it.
 */
export async function trialFold<F, V>(
  log: LogReader,
  { fragment, eventCells, view, customerCells, indexes }: ProjectionDefinition<F, V>,
  upTo: Position,
): Promise<Trial> {
  const watch = new StopWatch();
  const fragments = new Map<string, F>();
  let touchpoints = 0;
  let day: Day = 0;
  const fold = (event: RecordedEvent) => {
    const subject = subjectOf(event.stream);
    if (subject === undefined || event.type === RETRACTED || event.type === DUPLICATED) return;
    const touchpoint = upcast(event as unknown as Touchpoint);
    fragments.set(subject, fragment.apply(fragments.get(subject) ?? fragment.empty(), touchpoint));
    eventCells(touchpoint);
    day = Math.floor(event.recordedAt / DAY_MS);
  };
  for await (const { events } of log.read({ after: START, upTo, prefixes: [TOUCHPOINT_PREFIX], batch: BATCH })) {
    for (const event of events) {
      attempt(() => fold(event));
      touchpoints += 1;
      await watch.pause();
    }
    if (touchpoints >= TRIAL) break;
  }
  for (const whole of fragments.values()) {
    attempt(() => {
      const finished = view(whole, day);
      customerCells(finished);
      indexes(finished);
    });
    await watch.pause();
  }
  return { touchpoints, seconds: watch.seconds };
}

const DAY_MS = 86_400_000;
const BATCH = 250;

/** What cannot be folded is parked by a replay: it costs time, and fails nothing. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // Said where it counts: by what folds for good.
  }
}

/** Runs while one works, and stands while others have their turn. */
class StopWatch {
  #seconds = 0;
  #since = performance.now();

  get seconds(): number {
    return this.#seconds + (performance.now() - this.#since) / 1_000;
  }

  async pause(): Promise<void> {
    const turn = pause();
    if (!turn) return;
    this.#seconds += (performance.now() - this.#since) / 1_000;
    await turn;
    this.#since = performance.now();
  }
}
