import type { CustomerState } from '../port.ts';
import type { SubjectRow } from '../store.ts';
import { idOf, unpack } from './codec.ts';
import type { ContributionRow } from './contribution-row.ts';
import { readMembers } from './rows.ts';

export type Bytes = Buffer | null;

/** The keys of a customer as they were decided, or its own alone where nothing was. */
export function keysOfCustomer(id: Buffer, members: Bytes): CustomerState<unknown>['keys'] {
  return members ? readMembers(members) : [{ type: '', key: idOf(id) }];
}

/**
 * What is known of a customer, out of rows as they are stored. Undefined when no touchpoint of it is known.
 *
 * @param rows Of the subjects that the keys are, in that order.
 */
export function stateOf<F>(
  id: Buffer,
  known: CustomerState<F>['keys'],
  rows: readonly Bytes[],
  contributed: Bytes,
): CustomerState<F> | undefined {
  const fragments: { subject: string; fragment: F }[] = [];
  let incomplete = false;
  const keys = known.map(({ type, key }, i) => {
    const row = rows[i] ? unpack<SubjectRow<F>>(rows[i]) : undefined;
    if (row?.fragment !== undefined) fragments.push({ subject: key, fragment: row.fragment });
    // A row without a type is of a touchpoint about nobody known.
    if (row?.parked !== undefined && row.type !== undefined) incomplete = true;
    return { type: type || (row?.type ?? 'unknown'), key };
  });
  if (fragments.length === 0 && !incomplete) return undefined;
  const contribution = contributed ? unpack<ContributionRow>(contributed) : undefined;
  return { id: idOf(id), keys, fragments, incomplete: incomplete || contribution?.[1] != null };
}
