import type { Facts, Touchpoint } from '@throughline/contracts';

/** One part of a mergeable fold. It may change the fragment it is given, and obeys the laws of `ProjectionDefinition`. */
export interface FragmentPart<F> {
  empty(): F;
  apply(fragment: F, touchpoint: Touchpoint): void;
  merge(a: F, b: F): F;
}

/** A touchpoint's facts as the catalogue describes them for its type: intake let nothing else of that type in. */
export function factsOf<T>(touchpoint: { readonly data: { readonly facts: Facts } }): T {
  return touchpoint.data.facts as unknown as T;
}
