import type { Facts, Touchpoint } from '@throughline/contracts';

/** One part of a mergeable fold. It may change the fragment it is given, and obeys the laws of `ProjectionDefinition`. */
export interface FragmentPart<F> {
  empty(): F;
  apply: Apply<F>;
  merge(a: F, b: F): F;
}

/** A part of which only some types of touchpoint tell: to each what it does. */
export interface PartOfTypes<F> extends Omit<FragmentPart<F>, 'apply'> {
  readonly on: Readonly<Record<string, Apply<F>>>;
}

export type Apply<F> = (fragment: F, touchpoint: Touchpoint) => void;

/** A touchpoint's facts as the catalogue describes them for its type: intake let nothing else of that type in. */
export function factsOf<T>(touchpoint: { readonly data: { readonly facts: Facts } }): T {
  return touchpoint.data.facts as unknown as T;
}
