import type { Done } from './task.ts';

export type BuildStage = 'survey' | 'fold' | 'finish';

/** How far a build is. */
export interface BuildProgress {
  readonly stage: BuildStage;
  /** What the stage counts, by this run and those before: touchpoints, or customers where these are finished. */
  readonly done: number;
  /** Of how many; undefined while that is not known. */
  readonly of: number | undefined;
  readonly touchpoints: number;
  readonly customers: number;
  /** Of what the stage counts, a second at work. */
  readonly rate: number;
  /** At work, until all stages are done; undefined while it cannot be told. */
  readonly secondsLeft: number | undefined;
  readonly parked: number;
  readonly shardsDone: number;
  /** Of these, what a run before this one did. */
  readonly shardsSkipped: number;
  /** Whether it gives way, or is paused. */
  readonly resting: boolean;
}

const DIGITS = 16;
/** What finishing the customers of touchpoints takes, beside folding these, until it has begun. */
const FINISHING = 0.5;

/** Adds up what the threads of a build say. Time at rest does not count. */
export class Meter {
  #stage: BuildStage = 'survey';
  /** Seconds at work, and at what of them the stage began. */
  #seconds = 0;
  #began = 0;
  /** Of the stage, by this run. */
  #made = 0;
  #touchpoints = 0;
  #touchpointsOf = 0;
  #customers = 0;
  readonly #finished = Array.from({ length: DIGITS }, () => 0);

  get seconds(): number {
    return this.#seconds;
  }

  get customers(): number {
    return this.#customers;
  }

  worked(seconds: number): void {
    this.#seconds += seconds;
  }

  /** @param before Of that, what runs before this one folded. */
  beginFold(touchpoints: number, before: number): void {
    this.#begin('fold');
    this.#touchpointsOf = touchpoints;
    this.#touchpoints = before;
  }

  /** @param before What runs before this one finished. */
  beginFinish(before: number): void {
    this.#begin('finish');
    this.#customers = before;
  }

  take({ touchpoints = 0, customers = 0, finished }: Done): void {
    this.#made += touchpoints + customers;
    if (this.#stage === 'fold') this.#touchpoints += touchpoints;
    this.#customers += customers;
    if (finished) this.#finished[finished.digit] = finished.share;
  }

  progress(rest: Pick<BuildProgress, 'parked' | 'shardsDone' | 'shardsSkipped' | 'resting'>): BuildProgress {
    const seconds = this.#seconds - this.#began;
    const rate = seconds > 0 ? this.#made / seconds : 0;
    const { done, of } = this.#counts;
    const left = of !== undefined && rate > 0 ? (of - done) / rate : undefined;
    const finishing = this.#stage === 'fold' && rate > 0 ? (this.#touchpointsOf / rate) * FINISHING : 0;
    return {
      stage: this.#stage,
      done,
      of,
      touchpoints: this.#touchpoints,
      customers: this.#customers,
      rate: Math.round(rate),
      secondsLeft: left === undefined ? undefined : Math.ceil(left + finishing),
      ...rest,
    };
  }

  get #counts(): { readonly done: number; readonly of: number | undefined } {
    if (this.#stage === 'survey') return { done: this.#made, of: undefined };
    if (this.#stage === 'fold') return { done: this.#touchpoints, of: this.#touchpointsOf };
    // Ids are spread evenly, so how far the ids have come says how many there will be.
    const share = this.#finished.reduce((a, b) => a + b) / DIGITS;
    return { done: this.#customers, of: share > 0 ? Math.round(this.#customers / share) : undefined };
  }

  #begin(stage: BuildStage): void {
    this.#stage = stage;
    this.#began = this.#seconds;
    this.#made = 0;
  }
}
