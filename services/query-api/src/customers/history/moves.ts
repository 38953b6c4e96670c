import type { RecordedEvent } from '@throughline/event-log';
import type { Move } from '@throughline/read-model';

/** Stewards' moves in force, in the order of their requests. */
export type Moves = readonly Move[];

/**
 * The subject for which a touchpoint counts: beginning at its home it follows, in order, each move that leads from where it
 * is and that names it. The projections' engine goes by the same rule.
 */
export function placeOf(home: string, touchpoint: Pick<RecordedEvent, 'id' | 'occurredAt'>, moves: Moves): string {
  let place = home;
  for (const move of moves) if (move.from === place && names(move, touchpoint)) place = move.to;
  return place;
}

/** The subjects in whose streams touchpoints that count for these may stand: all that moves connect with them. */
export function sourcesOf(subjects: readonly string[], moves: Moves): ReadonlySet<string> {
  const sources = new Set(subjects);
  for (let before = 0; before < sources.size;) {
    before = sources.size;
    for (const { from, to } of moves) if (sources.has(to)) sources.add(from);
  }
  return sources;
}

function names({ touchpoints, span }: Move, { id, occurredAt }: Pick<RecordedEvent, 'id' | 'occurredAt'>): boolean {
  return touchpoints?.includes(id) === true || (span !== undefined && span.from <= occurredAt && occurredAt < span.to);
}
