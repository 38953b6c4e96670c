import type { Position } from '@throughline/contracts';
import type { RecordedEvent } from './port.ts';

/** What led to the events of a commit, each once and the first of them only: for logs and traces. */
export interface Causes {
  /** `$traceparent` of their metadata. */
  readonly traceparents: readonly string[];
  /** `$correlationId` of their metadata. */
  readonly correlationIds: readonly string[];
}

/** What whoever follows the log says of a commit: plain data, so that a thread can tell it to another. */
export interface Followed {
  /** Everything it follows is committed at or before this. */
  readonly through: Position;
  /** Events that the commit took. */
  readonly events: number;
  /** When the log recorded the last of them, epoch milliseconds; undefined when there was none. */
  readonly recordedAt: number | undefined;
  /** When the first was taken and when they were committed, epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Where they were asked for. */
  readonly causes?: Causes;
  /** What it set aside, since it could not take it: the first of it, and how much in all. */
  readonly parked?: { readonly count: number; readonly first: readonly ParkedNote[] };
}

/** What was set aside: a touchpoint, or a customer. */
export interface ParkedNote {
  readonly id: string;
  readonly stage: string;
  readonly correlationId?: string;
}

/** Whoever looks on while somebody follows the log. */
export interface Watch {
  /** Whether causes are wanted: each event's metadata is then parsed. Asked once, at the beginning. */
  readonly causes: boolean;
  readonly onFollowed: (followed: Followed) => void;
}

/** Of each kind a commit names at most so many causes. */
const MOST = 64;

/** Gathers causes until the next commit. */
export class CauseNotes {
  readonly #traceparents = new Set<string>();
  readonly #correlationIds = new Set<string>();

  note(events: readonly RecordedEvent[]): void {
    for (const { metadata } of events) {
      keep(this.#traceparents, metadata['$traceparent']);
      keep(this.#correlationIds, metadata['$correlationId']);
      if (this.#traceparents.size === MOST && this.#correlationIds.size === MOST) return;
    }
  }

  /** What was gathered, and begins anew. */
  take(): Causes {
    const causes = { traceparents: [...this.#traceparents], correlationIds: [...this.#correlationIds] };
    this.#traceparents.clear();
    this.#correlationIds.clear();
    return causes;
  }
}

function keep(set: Set<string>, value: unknown): void {
  if (typeof value === 'string' && set.size < MOST) set.add(value);
}

/** The part of an event's metadata by which logs and traces tie together what it leads to. */
export function tiesOf({ metadata }: Pick<RecordedEvent, 'metadata'>): Readonly<Record<string, string>> {
  const ties: Record<string, string> = {};
  for (const name of ['$correlationId', '$traceparent']) {
    const value = metadata[name];
    if (typeof value === 'string') ties[name] = value;
  }
  return ties;
}
