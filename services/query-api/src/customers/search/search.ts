import type { IndexValue } from '@throughline/contracts';
import { pause } from '@throughline/runtime';
import { fieldsOf, holds, type Condition } from '../../rsql/condition.ts';
import type { Views } from '../../views.ts';
import { countMatching } from './count.ts';
import { fewCandidates } from './few.ts';
import { fieldValues } from './field-values.ts';
import { EVERYONE } from './fields.ts';
import { boundsOn, entriesOf } from './scans.ts';

export interface Sort {
  readonly field: string;
  readonly descending: boolean;
}

/**
 * A customer's place in the order of an answer: by the sorted field's value and then by id, both in the direction asked;
 * those without a value (`rest`) come last, by the field that everyone has.
 */
export interface Place {
  readonly value: IndexValue;
  readonly customer: string;
  readonly rest: boolean;
}

export interface Found {
  /** How many match, exactly. */
  readonly total: number;
  readonly places: readonly Place[];
  /** Whether more follow. */
  readonly more: boolean;
}

/**
 * Finds customers by the values of their indexed fields.
 *
 * @param from Where the last page ended, and the total counted then: a page deep in the order costs as much as the first.
 */
export async function searchCustomers(
  views: Views,
  where: Condition | undefined,
  sort: Sort,
  limit: number,
  from?: { readonly after: Place; readonly total: number },
): Promise<Found> {
  const few = where && (await fewCandidates(views, where));
  if (few) {
    const matching = await placesOf(views, [...few], where, sort);
    const rest = from ? matching.filter((place) => inOrder(sort)(from.after, place) < 0) : matching;
    return { total: matching.length, places: rest.slice(0, limit), more: rest.length > limit };
  }
  const total = from?.total ?? (where ? await countMatching(views, where) : await views.crm.customerCount());
  const places: Place[] = [];
  for await (const chunk of walk(views, where, sort, from?.after)) {
    places.push(...chunk);
    if (places.length > limit) break;
  }
  return { total, places: places.slice(0, limit), more: places.length > limit };
}

/** Those of a few customers who match, in order. */
async function placesOf(
  views: Views,
  customers: readonly string[],
  where: Condition,
  sort: Sort,
): Promise<readonly Place[]> {
  const fields = [...new Set([sort.field, EVERYONE, ...fieldsOf(where)])];
  const places: Place[] = [];
  for (let start = 0; start < customers.length; start += CHUNK) {
    const chunk = customers.slice(start, start + CHUNK);
    const rows = await fieldValues(views, chunk, fields);
    for (const [i, row] of rows.entries()) {
      if (!holds(where, (field) => row[fields.indexOf(field)])) continue;
      const value = row[0];
      places.push({ value: value ?? row[fields.indexOf(EVERYONE)]!, customer: chunk[i]!, rest: value === undefined });
    }
    await pause();
  }
  return places.sort(inOrder(sort));
}

const CHUNK = 256;

/** Those who match, in order, chunk by chunk, by walking the sorted index; then those whom it lacks. */
async function* walk(
  views: Views,
  where: Condition | undefined,
  sort: Sort,
  after: Place | undefined,
): AsyncGenerator<readonly Place[]> {
  const fields = where ? fieldsOf(where) : [];
  if (!after?.rest) {
    for await (const entries of entriesOf(views, boundsOn(where, sort.field), { descending: sort.descending, after })) {
      const rows =
        fields.length > 0
          ? await fieldValues(
              views,
              entries.map((entry) => entry.customer),
              fields,
            )
          : [];
      yield entries
        .filter((_, i) => !where || holds(where, (field) => rows[i]![fields.indexOf(field)]))
        .map((entry) => ({ ...entry, rest: false }));
      await pause();
    }
  }
  if (sort.field === EVERYONE) return;
  for await (const entries of entriesOf(views, { field: EVERYONE }, { after: after?.rest ? after : undefined })) {
    const rows = await fieldValues(
      views,
      entries.map((entry) => entry.customer),
      [sort.field, ...fields],
    );
    yield entries
      .filter(
        (_, i) => rows[i]![0] === undefined && (!where || holds(where, (field) => rows[i]![fields.indexOf(field) + 1])),
      )
      .map((entry) => ({ ...entry, rest: true }));
    await pause();
  }
}

function inOrder(sort: Sort): (a: Place, b: Place) => number {
  return (a, b) => {
    if (a.rest !== b.rest) return a.rest ? 1 : -1;
    const byValue = compare(a.value, b.value) || compare(a.customer, b.customer);
    return sort.descending && !a.rest ? -byValue : byValue;
  };
}

function compare(a: IndexValue, b: IndexValue): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
