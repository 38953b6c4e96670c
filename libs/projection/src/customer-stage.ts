import type { Day, IndexEntry, ProjectionDefinition } from '@throughline/contracts';
import type { Finished, SubjectRow } from '@throughline/read-model';
import { placeOf } from './fold.ts';
import type { Membership } from './membership.ts';
import type { ReadThrough } from './read-through.ts';
import { isOwn, type Share } from './share.ts';

/** What the customer stage works with: identity's word, and the fragments wherever they are. */
export interface CustomerStage<F, V> {
  readonly definition: ProjectionDefinition<F, V>;
  readonly rows: ReadThrough<SubjectRow<F>>;
  readonly membership: Membership;
  readonly share: Share | undefined;
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
  { definition, rows, membership, share }: CustomerStage<F, V>,
  customers: readonly string[],
  { day, ticked }: { day: Day; ticked: boolean },
): Promise<ReadonlyMap<string, Finished | undefined>> {
  const keys = await membership.keysOf(customers);
  const fragmentOf = await fragments(rows, share, keys.flat());
  const finished = new Map<string, Finished | undefined>();
  for (let i = 0; i < customers.length; i++) {
    const customer = customers[i]!;
    const ofCustomer: F[] = [];
    for (const key of keys[i]!) {
      const fragment = fragmentOf(key);
      if (fragment !== undefined) ofCustomer.push(fragment);
    }
    const contribution = ofCustomer.length > 0 ? contributionOf(definition, customer, ofCustomer, day) : undefined;
    finished.set(
      customer,
      ticked || !contribution ? contribution : { ...contribution, nextChange: WITH_THE_FIRST_TICK },
    );
  }
  return finished;
}

/** The fragment of each subject: one's own as it will be committed; what others own is read anew each time, since it changes elsewhere. */
async function fragments<F>(
  rows: ReadThrough<SubjectRow<F>>,
  share: Share | undefined,
  subjects: readonly string[],
): Promise<(subject: string) => F | undefined> {
  const own = share === undefined ? subjects : subjects.filter((subject) => isOwn(share, subject));
  await rows.load(own);
  if (own.length === subjects.length) return (subject) => rows.get(subject)?.fragment;
  const others = subjects.filter((subject) => !isOwn(share, subject));
  const found = await share!.neighbours.subjects<F>(others);
  const elsewhere = new Map(others.map((subject, i) => [subject, found[i]?.fragment]));
  return (subject) => (isOwn(share, subject) ? rows.get(subject)?.fragment : elsewhere.get(subject));
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
