import type { Touchpoint } from '@throughline/contracts';
import type { Move } from '@throughline/read-model';
import type { MoveEvent } from './sorted-batch.ts';

interface InForce extends Move {
  readonly ids: ReadonlySet<string> | undefined;
}

/**
 * Stewards' moves in force. Where a touchpoint counts is a function of the set of them: beginning at home it follows, in
 * the order of the requests, each move that leads from where it is and that names it. So it holds for a touchpoint that
 * comes after the request as for one that came before.
 */
export class Moves {
  readonly #inForce = new Map<string, InForce>();
  #changes = new Map<string, Move | undefined>();

  constructor(moves: ReadonlyMap<string, Move>) {
    for (const [id, move] of moves) this.#inForce.set(id, prepared(move));
  }

  /** Applies requests; answers with the subjects whose touchpoints may count elsewhere by them. */
  apply(events: readonly MoveEvent[]): ReadonlySet<string> {
    const affected = new Set<string>();
    for (const request of events) {
      if ('undone' in request) {
        const undone = this.#inForce.get(request.undone);
        if (undone === undefined) continue;
        for (const subject of this.#around(undone.from)) affected.add(subject);
        this.#inForce.delete(request.undone);
        this.#changes.set(request.undone, undefined);
      } else {
        const { from, to, touchpoints, span } = request.move;
        const move: Move = {
          position: request.event.position,
          from,
          to,
          ...(touchpoints && { touchpoints }),
          ...(span && { span: { from: Date.parse(span.from), to: Date.parse(span.to) } }),
        };
        this.#inForce.set(request.event.id, prepared(move));
        this.#changes.set(request.event.id, move);
        for (const subject of this.#around(from)) affected.add(subject);
      }
    }
    return affected;
  }

  get none(): boolean {
    return this.#inForce.size === 0;
  }

  /** The subject for which a touchpoint of this home counts. */
  place(home: string, touchpoint: Touchpoint): string {
    let place = home;
    for (const move of this.#inForce.values()) if (move.from === place && names(move, touchpoint)) place = move.to;
    return place;
  }

  /** The subjects whose touchpoints may count for this one, itself included. */
  sources(subject: string): ReadonlySet<string> {
    return this.none ? new Set([subject]) : this.#around(subject);
  }

  /** Homes that are not one's own, and from which touchpoints may count for a subject that is. */
  homesOutside(owns: (subject: string) => boolean): readonly string[] {
    return [...this.named].filter((home) => !owns(home) && [...this.#around(home)].some(owns));
  }

  /** The subjects from which or to which touchpoints may have been moved. */
  get named(): ReadonlySet<string> {
    return new Set([...this.#inForce.values()].flatMap(({ from, to }) => [from, to]));
  }

  /** What the next commit is to write. */
  get changes(): ReadonlyMap<string, Move | undefined> {
    return this.#changes;
  }

  committed(): void {
    if (this.#changes.size > 0) this.#changes = new Map();
  }

  /** All subjects that moves connect with this one. */
  #around(subject: string): ReadonlySet<string> {
    const reached = new Set([subject]);
    for (let before = 0; before < reached.size;) {
      before = reached.size;
      for (const { from, to } of this.#inForce.values()) {
        if (reached.has(from)) reached.add(to);
        else if (reached.has(to)) reached.add(from);
      }
    }
    return reached;
  }
}

function prepared(move: Move): InForce {
  return { ...move, ids: move.touchpoints && new Set(move.touchpoints) };
}

function names({ ids, span }: InForce, { id, occurredAt }: Touchpoint): boolean {
  if (ids?.has(id)) return true;
  return span !== undefined && span.from <= occurredAt && occurredAt < span.to;
}
