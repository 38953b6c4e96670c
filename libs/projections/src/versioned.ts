import { IDENTITY, ThroughlineError } from '@throughline/contracts';
import { PROJECTION_NAMES } from './projections.ts';

/** Whatever has versions beside each other: every registered projection, and identity. */
export const VERSIONED_NAMES: readonly string[] = [...PROJECTION_NAMES, IDENTITY];

/**
 * @returns the name.
 * @throws ThroughlineError `not-found`, naming those that there are.
 */
export function checkVersioned(name: string): string {
  if (VERSIONED_NAMES.includes(name)) return name;
  throw new ThroughlineError(
    'not-found',
    `There is no projection of this name. There are ${VERSIONED_NAMES.join(', ')}.`,
  );
}
