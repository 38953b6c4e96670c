import type { Day, IndexEntry, ProjectionDefinition } from '@throughline/contracts';
import type { Finished, SubjectRow } from '@throughline/read-model';
import { placeOf } from './fold.ts';
import type { Membership } from './membership.ts';
import type { ReadThrough } from './read-through.ts';

/** What the customer stage works with: identity's word, and the fragments wherever they are. */
export interface CustomerStage<F, V> {
  readonly definition: ProjectionDefinition<F, V>;
  readonly rows: ReadThrough<SubjectRow<F>>;
  readonly membership: Membership;
}

/** Before the first tick nobody knows when the day will end, so every customer is due with it, whatever day it opens. */
const WITH_THE_FIRST_TICK = 0;

/**
 * Finishes customers: each one's whole contribution as it now stands, undefined for one that has no fragment any more. It
 * depends on what is stored and on nothing that was delivered, so finishing a customer again changes nothing.
 *
 * Invariant 5: `at` is the open day that ticks began, or the log's own first day; never the wall clock.
 */
export async function finishCustomers<F, V>(
  { definition, rows, membership }: CustomerStage<F, V>,
  customers: readonly string[],
  { day, ticked }: { day: Day; ticked: boolean },
): Promise<ReadonlyMap<string, Finished | undefined>> {
  const keys = await membership.keysOf(customers);
  await rows.load(keys.flat());
  const finished = new Map<string, Finished | undefined>();
  for (let i = 0; i < customers.length; i++) {
    const customer = customers[i]!;
    const fragments: F[] = [];
    for (const key of keys[i]!) {
      const fragment = rows.get(key)?.fragment;
      if (fragment !== undefined) fragments.push(fragment);
    }
    const contribution = fragments.length > 0 ? contributionOf(definition, customer, fragments, day) : undefined;
    finished.set(
      customer,
      ticked || !contribution ? contribution : { ...contribution, nextChange: WITH_THE_FIRST_TICK },
    );
  }
  return finished;
}

function contributionOf<F, V>(
  { fragment: { merge }, view, customerCells, indexes, nextChange }: ProjectionDefinition<F, V>,
  customer: string,
  fragments: readonly F[],
  at: Day,
): Finished {
  try {
    const finished = view(
      fragments.reduce((a, b) => merge(a, b)),
      at,
    );
    const entries = indexes(finished);
    const next = nextChange(finished);
    return {
      customer,
      cells: customerCells(finished),
      indexes: sortable(entries),
      // A day that has come cannot be the next one: the customer would be due for ever.
      nextChange: next === undefined ? undefined : Math.max(next, at + 1),
    };
  } catch (error) {
    return { customer, cells: [], indexes: [], nextChange: undefined, failed: placeOf(error) };
  }
}

function sortable(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  for (const { value } of entries) if (Number.isNaN(value)) throw new RangeError('An index value is not a number.');
  return entries;
}
