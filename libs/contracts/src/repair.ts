/** The events of `repairs-<projection>`: what people do about single subjects and customers of a view. */
import type { JsonObject } from './json.ts';
import type { AskedBy } from './version-events.ts';

/**
 * `refold.requested`: every version folds these subjects again from their own streams, and finishes these customers again. What is shown of a
 * sound view stays as it is; what was parked is tried again.
 */
export interface RefoldRequested extends AskedBy {
  readonly subjects: readonly string[];
  readonly customers: readonly string[];
}

/** `parked.cleared`: a version that cannot fold one of these touchpoints leaves it out for good, and its customer is complete without it. */
export interface ParkedCleared extends AskedBy {
  readonly touchpoints: readonly (JsonObject & { readonly id: string; readonly subject: string })[];
}

export const REFOLD_REQUESTED = 'refold.requested';
export const PARKED_CLEARED = 'parked.cleared';
