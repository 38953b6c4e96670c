import type { Cell, ProjectionDefinition, Touchpoint } from '@throughline/contracts';

/** Touchpoint ids and the place in the code where each failed. */
export type Failures = Map<string, string>;

/**
 * Folds touchpoints into a fragment the definition may change in place. Undefined when one of them throws: the fragment is
 * then of no more use, and `foldCarefully` finds out which.
 */
export function fold<F, V>(
  { fragment: { apply, empty } }: ProjectionDefinition<F, V>,
  start: F | undefined,
  touchpoints: readonly Touchpoint[],
): F | undefined {
  let fragment = start ?? empty();
  try {
    for (const touchpoint of touchpoints) fragment = apply(fragment, touchpoint);
  } catch {
    return undefined;
  }
  return fragment;
}

/** The same from the beginning, with each touchpoint that throws left out as if it had never been tried. Undefined when nothing could be folded. */
export function foldCarefully<F, V>(
  { fragment: { apply, empty } }: ProjectionDefinition<F, V>,
  touchpoints: readonly Touchpoint[],
  failures: Failures,
): F | undefined {
  let fragment: F | undefined;
  for (const touchpoint of touchpoints) {
    const before = fragment === undefined ? undefined : structuredClone(fragment);
    try {
      fragment = apply(fragment ?? empty(), touchpoint);
    } catch (error) {
      failures.set(touchpoint.id, placeOf(error));
      fragment = before;
    }
  }
  return fragment;
}

/** What a touchpoint adds to roll-ups; undefined, and a failure noted, when the definition throws. */
export function eventCells<F, V>(
  definition: ProjectionDefinition<F, V>,
  touchpoint: Touchpoint,
  failures: Failures,
): readonly Cell[] | undefined {
  try {
    return definition.eventCells(touchpoint);
  } catch (error) {
    failures.set(touchpoint.id, placeOf(error));
    return undefined;
  }
}

/** Kind of error and file and line of its origin. Never its message, which may quote what it could not read. */
export function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'thrown value';
  const frame = /\n\s+at .*?([^/\\\s(]+:\d+:\d+)\)?/.exec(error.stack ?? '');
  return frame ? `${error.name} at ${frame[1]}` : error.name;
}
