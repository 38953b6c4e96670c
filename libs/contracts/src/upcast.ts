/** Old schemas are lifted on read, one version at a time: what stands in the log is never rewritten. */
import type { Facts, Touchpoint } from './touchpoint.ts';

/** Lifts the facts of a type from one version of its schema to the next. Pure. */
export type Lift = (facts: Facts) => Facts;

/** By type; the first lifts version 1 to 2, the next 2 to 3. A type's `schema` in the catalogue is one more than it has lifts. */
export type Upcasters = Readonly<Record<string, readonly Lift[]>>;

/** None yet: every type is at its first schema. */
export const UPCASTERS: Upcasters = {};

/** The touchpoint under the newest schema of its type; itself when it is there already, or its type is outside the catalogue. */
export function upcast(touchpoint: Touchpoint, upcasters: Upcasters = UPCASTERS): Touchpoint {
  const lifts = Object.hasOwn(upcasters, touchpoint.type) ? upcasters[touchpoint.type]! : [];
  const { schema } = touchpoint.metadata;
  if (schema < 1 || schema > lifts.length) return touchpoint;
  const facts = lifts.slice(schema - 1).reduce((lifted, lift) => lift(lifted), touchpoint.data.facts);
  return {
    id: touchpoint.id,
    type: touchpoint.type,
    occurredAt: touchpoint.occurredAt,
    recordedAt: touchpoint.recordedAt,
    data: { ...touchpoint.data, facts },
    personal: touchpoint.personal,
    metadata: { ...touchpoint.metadata, schema: lifts.length + 1 },
  };
}
