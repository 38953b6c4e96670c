import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { readGauges } from './read-gauge.ts';

/** One commit of a part that follows the log. */
export interface PartCommit {
  readonly events: number;
  readonly seconds: number;
  /** When the log recorded the last of the events, epoch milliseconds; undefined when there was none. */
  readonly recordedAt: number | undefined;
}

/** What operators watch of the parts that run beside HTTP, told apart by `part`. One for each registry. */
export class PartFigures {
  readonly #failures: Counter<'part'>;
  readonly #events: Counter<'part'>;
  readonly #commits: Histogram<'part'>;
  readonly #recorded: Gauge<'part'>;
  readonly #owned: Gauge<'part'>;
  readonly #lags = new Map<string, () => Promise<number>>();

  constructor(registry: Registry) {
    const common = { labelNames: ['part'] as const, registers: [registry] };
    this.#failures = new Counter({
      name: 'throughline_part_failures_total',
      help: 'How often a part failed or could not go on, and was tried again',
      ...common,
    });
    this.#events = new Counter({
      name: 'throughline_follower_events_total',
      help: 'Events of the log that a part has taken and committed',
      ...common,
    });
    this.#commits = new Histogram({
      name: 'throughline_follower_commit_seconds',
      help: 'From the first event that a commit took to its end',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      ...common,
    });
    this.#recorded = new Gauge({
      name: 'throughline_follower_recorded_timestamp_seconds',
      help: 'When the log recorded the last event that a part has taken, Unix time',
      ...common,
    });
    this.#owned = new Gauge({
      name: 'throughline_view_shards_owned',
      help: 'Shards of its view that this replica of a projection writes; of all replicas together, as many as there are',
      ...common,
    });
    const lag = {
      name: 'throughline_follower_lag_seconds',
      help: 'How long the oldest event that a part lacks has been in the log',
      labelNames: ['part'] as const,
    };
    readGauges(registry, lag, () => this.#readLags());
  }

  /** From here on the part's failures are shown, none so far. */
  watchFailures(part: string): void {
    this.#failures.inc({ part }, 0);
  }

  failed(part: string): void {
    this.#failures.inc({ part });
  }

  committed(part: string, { events, seconds, recordedAt }: PartCommit): void {
    this.#events.inc({ part }, events);
    this.#commits.observe({ part }, Math.max(0, seconds));
    if (recordedAt !== undefined) this.#recorded.set({ part }, recordedAt / 1000);
  }

  /** @param shards How many of them this replica writes. */
  owns(part: string, shards: number): void {
    this.#owned.set({ part }, shards);
  }

  /** @param seconds How long the oldest event that the part lacks has been in the log. */
  watchLag(part: string, seconds: () => Promise<number>): void {
    this.#lags.set(part, seconds);
  }

  /** A log that does not answer leaves no figure standing that would look like an answer. */
  async #readLags(): Promise<(readonly [{ readonly part: string }, number])[]> {
    const lags = [];
    for (const [part, read] of this.#lags) {
      const lag = await read().catch(() => undefined);
      if (lag !== undefined) lags.push([{ part }, lag] as const);
    }
    return lags;
  }
}
