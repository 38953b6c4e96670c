import { ownershipStream } from '@throughline/contracts';
import type { LogReader, LogWriter } from '@throughline/event-log';
import type { Part } from '@throughline/read-model';
import { NOBODYS, partEvent, standingOf, type PartEventType, type Standing } from './part-events.ts';

export interface OwnershipOf {
  /** May be behind: a later event than it shows makes an append at an exact revision come to nothing. */
  readonly log: Pick<LogReader, 'readStream'>;
  readonly writer: LogWriter;
  readonly replica: string;
  readonly projection: string;
  readonly version: string;
  readonly parts: number;
}

export interface Move {
  readonly type: PartEventType;
  readonly part: number;
}

/** Who owns each part of a version, as far as it is known here, and the way to change it. */
export class Ownership {
  readonly #of: OwnershipOf;
  readonly #standings: Standing[];

  constructor(of: OwnershipOf) {
    this.#of = of;
    this.#standings = Array.from({ length: of.parts }, () => NOBODYS);
  }

  /** By part. */
  get standings(): readonly Standing[] {
    return this.#standings;
  }

  /** Reads the end of each part's stream. */
  async look(): Promise<void> {
    const { log } = this.#of;
    const last = this.#standings.map(async (_, part) => {
      for await (const event of log.readStream(this.#stream(part), { backwards: true, limit: 1 })) {
        this.#learn(part, standingOf(event));
      }
    });
    await Promise.all(last);
  }

  /**
   * Appends behind what is known. Where somebody else was faster, nothing is appended.
   *
   * @returns What was made, and at which revision.
   */
  async make(moves: readonly Move[]): Promise<readonly (Move & { readonly revision: number })[]> {
    if (moves.length === 0) return [];
    const { writer, replica } = this.#of;
    const events = moves.map(({ type, part }) => partEvent(type, replica, this.part(part)));
    const appends = moves.map(({ part }, i) => ({
      stream: this.#stream(part),
      expectedRevision: this.#standings[part]!.revision,
      events: [events[i]!],
    }));
    const results = await writer.append(appends);
    return moves.flatMap((move, i) => {
      const result = results[i]!;
      if (!result.ok) return [];
      const { revision } = result;
      this.#learn(move.part, standingOf({ ...events[i]!, revision }));
      return [{ ...move, revision }];
    });
  }

  part(index: number): Part {
    return { index, of: this.#of.parts };
  }

  /** A reader that is behind does not take back what is known already. */
  #learn(part: number, standing: Standing): void {
    if (standing.revision > this.#standings[part]!.revision) this.#standings[part] = standing;
  }

  #stream(part: number): string {
    return ownershipStream(this.#of.projection, this.#of.version, part);
  }
}
