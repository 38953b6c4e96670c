/**
 * The one writer of a log.
 *
 *   append ─ checked against all that is there or on its way ─▶ group ─ write, sync ─▶ durable ─▶ mark, signal, answers
 *                                                                └─ failed ─▶ cut the file, forget it and all behind it
 *
 * Invariants: positions rise; a group is written only once all before it is durable; an answer, also one that says no, is
 * given only once everything that it rests on is durable.
 */
import { problemCode, ThroughlineError } from '@throughline/contracts';
import type { Append, AppendResult, LogWriter } from '../port.ts';
import { Breath } from './breath.ts';
import { Group } from './group.ts';
import type { IndexKeeper } from './index-keeper.ts';
import { lastRevision, positionOf, streamPositions } from './index-lookup.ts';
import { IndexDamaged, NOWHERE } from './index-part.ts';
import { idKey, newKey, streamKey, uuidWords, type Key } from './key.ts';
import type { Lock } from './lock.ts';
import type { MarkFile } from './mark-file.ts';
import type { Mark } from './mark.ts';
import { placeToText } from './place.ts';
import { prepare, type PreparedAppend } from './prepared.ts';
import type { EventText } from './record.ts';
import type { SegmentWriter } from './segment-writer.ts';
import { raise, type LogSignal } from './signal.ts';

/** Appends wait while so much waits for the disk. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
/** A group takes no further append from this size on: its checksums are made in one go, on the writer's thread. */
const FULL_GROUP_BYTES = 2 * 1024 * 1024;

export interface WriterParts {
  readonly lock: Pick<Lock, 'check'>;
  readonly segment: SegmentWriter;
  readonly keeper: IndexKeeper;
  readonly markFile: MarkFile;
  readonly signal: LogSignal;
  /** Where the log ends now. */
  readonly mark: Mark;
  readonly segmentBytes: number;
}

export class Writer implements LogWriter {
  readonly #lock: WriterParts['lock'];
  readonly #segment: SegmentWriter;
  readonly #keeper: IndexKeeper;
  readonly #markFile: MarkFile;
  readonly #signal: LogSignal;
  readonly #segmentBytes: number;
  #mark: Mark;
  /** Where the next record will stand, and in which segment, if all on its way becomes durable. */
  #end: number;
  #base: number;
  /** The first of them is being written while `#writing`. */
  readonly #groups: Group[] = [];
  #writing = false;
  #spare: Buffer | undefined;
  #flushed: Promise<void> | undefined;
  /** A write failed, and what it left in the file is still there. */
  #torn = false;
  #closing = false;
  /** Room for the keys of the append in hand. */
  readonly #streamKey = newKey();
  readonly #key = newKey();

  constructor({ lock, segment, keeper, markFile, signal, mark, segmentBytes }: WriterParts) {
    this.#lock = lock;
    this.#segment = segment;
    this.#keeper = keeper;
    this.#markFile = markFile;
    this.#signal = signal;
    this.#mark = mark;
    this.#segmentBytes = segmentBytes;
    this.#end = mark.end;
    this.#base = segment.base;
  }

  get queued(): number {
    return this.#end - this.#mark.end;
  }

  async append(appends: readonly Append[]): Promise<readonly AppendResult[]> {
    const breath = new Breath();
    const prepared: PreparedAppend[] = [];
    for (const append of appends) {
      prepared.push(prepare(append));
      if (breath.due) await breath.take();
    }
    const results: AppendResult[] = [];
    const restsOn = new Set<Group>();
    for (const append of prepared) {
      if (breath.due) await breath.take();
      if (this.queued > MAX_QUEUED_BYTES || this.#keeper.full) await this.#room();
      let result: AppendResult | undefined;
      while (result === undefined) {
        if (this.#closing) throw new ThroughlineError('shutting-down');
        try {
          result = this.#decide(append);
        } catch (error) {
          if (!(error instanceof IndexDamaged)) throw error;
          await this.#keeper.repair(error.path);
        }
      }
      results.push(result);
      const group = this.#groups[this.#groups.length - 1];
      if (group) restsOn.add(group);
    }
    for (const group of restsOn) await group.done;
    return results;
  }

  /** Waits for what is on its way; whatever comes later is refused. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#flushed;
  }

  async #room(): Promise<void> {
    while (this.queued > MAX_QUEUED_BYTES && this.#groups[0]) await this.#groups[0].done.catch(() => undefined);
    await this.#keeper.room().catch((error: unknown) => {
      throw writeFailure(error);
    });
  }

  /** Decides one append and, when it may, sends it on its way. Synchronous, so what it decides by is what it adds to. */
  #decide(append: PreparedAppend): AppendResult {
    const { parts } = this.#keeper;
    const { stream, expectedRevision, events } = append;
    streamKey(stream, this.#streamKey);
    const actual = lastRevision(parts, this.#streamKey, this.#end);
    if (actual !== expectedRevision) {
      return this.#repeated(append, actual) ?? { ok: false, reason: 'WRONG_REVISION', actual };
    }
    const ids = this.#knownIds(events);
    return ids.length > 0 ? { ok: false, reason: 'KNOWN_ID', ids } : this.#accept(append);
  }

  /** The ids that stand in the log, or on their way to it, or twice among these. */
  #knownIds(events: readonly EventText[]): string[] {
    const seen = new Set<string>();
    return events.flatMap(({ id }) => {
      const isKnown = seen.has(id.toLowerCase()) || this.#positionOf(id) !== NOWHERE;
      if (events.length > 1) seen.add(id.toLowerCase());
      return isKnown ? id : [];
    });
  }

  /** The answer to an append that stands in the log already, event for event; undefined for any other. */
  #repeated({ expectedRevision, events }: PreparedAppend, actual: number): AppendResult | undefined {
    const revision = expectedRevision + events.length;
    if (actual < revision || this.#positionOf(events[0]!.id) === NOWHERE) return undefined;
    const span = { lowest: expectedRevision + 1, highest: revision, backwards: false };
    const places = streamPositions(this.#keeper.parts, this.#streamKey, span, events.length);
    if (!events.every(({ id }, i) => this.#positionOf(id) === places[i])) return undefined;
    return { ok: true, revision, position: placeToText(places[places.length - 1]!), repeated: true };
  }

  #accept({ stream, expectedRevision, events }: PreparedAppend): AppendResult {
    const group = this.#openGroup();
    const recordedAt = Date.now();
    for (let ordinal = 0; ordinal < events.length; ordinal++) {
      const event = events[ordinal]!;
      const revision = expectedRevision + 1 + ordinal;
      const position = group.end;
      this.#keeper.active.add(this.#idKey(event.id), this.#streamKey, revision, position);
      group.add(event, { position, stream, revision, recordedAt, ordinal, isLast: ordinal === events.length - 1 });
    }
    this.#end = group.end;
    this.#flush();
    return { ok: true, revision: expectedRevision + events.length, position: placeToText(group.last), repeated: false };
  }

  #positionOf(id: string): number {
    return positionOf(this.#keeper.parts, this.#idKey(id));
  }

  #idKey(id: string): Key {
    uuidWords(id, this.#key);
    return idKey(this.#key, this.#key);
  }

  /** The group that takes the next append: the last one, unless it is being written, full, or of a segment that is. */
  #openGroup(): Group {
    if (this.#end - this.#base >= this.#segmentBytes) {
      this.#base = this.#end;
      this.#keeper.roll(this.#base);
    }
    const last = this.#groups[this.#groups.length - 1];
    const isTaken = last === undefined || (this.#writing && this.#groups.length === 1);
    if (!isTaken && last.segment === this.#base && last.length < FULL_GROUP_BYTES) return last;
    const group = new Group(this.#base, this.#end, this.#spare);
    this.#spare = undefined;
    this.#groups.push(group);
    return group;
  }

  /** Starts writing, unless it is under way, after the work in hand: what comes in the same breath goes in the same group. */
  #flush(): void {
    this.#flushed ??= Promise.resolve().then(() => this.#writeGroups());
  }

  async #writeGroups(): Promise<void> {
    for (let group = this.#groups[0]; group; group = this.#groups[0]) {
      this.#writing = true;
      try {
        await this.#write(group);
      } catch (error) {
        this.#fail(error);
        continue;
      }
      this.#groups.shift();
      this.#writing = false;
      this.#publish({ end: group.end, last: group.last });
      this.#spare = group.reuse();
      group.succeed();
    }
    // In the same breath as the last look at the groups: one that comes later starts the next round.
    this.#flushed = undefined;
  }

  async #write(group: Group): Promise<void> {
    // Before anything is cut: behind what is durable here, another may have written.
    this.#lock.check();
    if (this.#torn) await this.#segment.cut(this.#mark.end);
    this.#torn = false;
    if (group.segment !== this.#segment.base) {
      await this.#segment.roll(group.segment);
      this.#keeper.sealed(group.segment);
    }
    group.seal();
    await this.#segment.write(group.buffer, group.length, group.start);
  }

  #publish(mark: Mark): void {
    this.#mark = mark;
    try {
      this.#markFile.write(mark);
    } catch {
      // Readers in other processes are told by the next write; what is durable does not depend on it.
    }
    raise(this.#signal, mark);
  }

  /** Nothing on its way has become durable: back to what has, and everybody who waits is told so. */
  #fail(error: unknown): void {
    const failed = this.#groups.splice(0);
    this.#writing = false;
    this.#torn = true;
    this.#end = this.#mark.end;
    this.#base = this.#segment.base;
    this.#keeper.rollBack(this.#base, this.#end);
    for (const group of failed) group.fail(writeFailure(error));
  }
}

/** Any failure to write is `log-full` to the caller, with the system's own code: nothing was acknowledged. */
function writeFailure(error: unknown): ThroughlineError {
  if (problemCode(error)) return error as ThroughlineError;
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new ThroughlineError('log-full', `The system says ${code}.`, { cause: error });
}
