import type { Cell, JsonObject, Key } from '@throughline/contracts';
import type { ViewReader } from './port.ts';
import type { Checkpoint, Finished, SubjectRow } from './store.ts';

/** The versions of one projection that are kept, and which one readers are given. ADR 14. */
export interface VersionShelf {
  readonly projection: string;
  /** Every version of which there is something, complete or not, by name. */
  list(): Promise<readonly string[]>;
  /** The one that readers are given; undefined before there is one. */
  current(): Promise<string | undefined>;
  /**
   * Removes all that is kept of it; of the current one nothing is removed. A reader that has it open is not disturbed for a minute. Whoever
   * writes it is to have ended: what is still written is lost.
   */
  remove(version: string): Promise<void>;
  /** What whoever builds or follows the version said last, for people; undefined where nothing was said. */
  said(version: string): Promise<JsonObject | undefined>;
  /** Replaces what was said; of what is not there nothing is said. Neither durable nor fenced: it decides nothing. */
  say(version: string, what: JsonObject): Promise<void>;
  /** About what it takes up, bytes; undefined when there is nothing of it. */
  bytes(version: string): Promise<number | undefined>;
  /** Reads this version, whether or not readers are given it. Undefined when there is nothing of it. */
  open(version: string): Promise<OpenedReader | undefined>;
  /** All that a version holds. Undefined when there is nothing of it. */
  snapshot(version: string): Promise<VersionSnapshot | undefined>;
  close(): Promise<void>;
}

export interface OpenedReader {
  readonly reader: ViewReader;
  close(): Promise<void>;
}

/**
 * All that a version holds. Embedded, it stays as it was when it was opened, whatever is written since; in Redis it is what is there as it is read, so
 * its writers are to hold still.
 */
export interface VersionSnapshot {
  readonly projection: string;
  readonly version: string;
  /** Whether it stays as it was when it was opened, whatever its writers do since. */
  readonly isLasting: boolean;
  /** Of each part. */
  readonly checkpoints: readonly Checkpoint[];
  /** What every customer contributes, in the order of their ids. */
  contributions(): AsyncIterable<Finished>;
  /** Every cell, in no order. One that is kept in several parts comes once of each: whoever reads them adds them up. */
  cells(): AsyncIterable<Cell>;
  /** Every row of a subject, in no order. */
  subjects(): AsyncIterable<{ readonly subject: string; readonly row: SubjectRow<unknown> }>;
  /** The keys that decisions put with each customer, in no order; none for one that has gone into another. */
  members(): AsyncIterable<{ readonly customer: string; readonly keys: readonly Key[] }>;
  close(): Promise<void>;
}
