/** What others are told of a customer whose contribution was replaced. */
import type { CustomerChange, IndexValue } from '@throughline/contracts';

/** A change as it waits; the store knows whose it is. */
export type OutboxRow = Omit<CustomerChange, 'projection' | 'version'>;

/** A contribution as both adapters store it: flat, fields and cells by number. */
type Row = readonly [
  nextChange: number | null,
  failed: string | null,
  indexes: readonly IndexValue[],
  cells: readonly number[],
];

/** Undefined when the two show the same, whenever time alone will move them. */
export function changeOf(
  before: Row | undefined,
  after: Row | undefined,
  fieldOf: (number: number) => string,
): Pick<CustomerChange, 'what' | 'fields' | 'changed' | 'incomplete'> | undefined {
  if (!after) return before && { what: 'gone', fields: {}, changed: [] };
  const values = valuesOf(after);
  const old = valuesOf(before);
  const changed: string[] = [];
  for (const [field, value] of values) if (old.get(field) !== value) changed.push(fieldOf(field));
  for (const field of old.keys()) if (!values.has(field)) changed.push(fieldOf(field));
  if (before && changed.length === 0 && before[1] === after[1] && sameList(before[3], after[3])) return undefined;
  return {
    what: before ? 'changed' : 'new',
    fields: Object.fromEntries([...values].map(([field, value]) => [fieldOf(field), value])),
    changed,
    ...(after[1] !== null && { incomplete: true }),
  };
}

function valuesOf(row: Row | undefined): ReadonlyMap<number, IndexValue> {
  const values = new Map<number, IndexValue>();
  const indexes = row?.[2] ?? [];
  for (let i = 0; i < indexes.length; i += 2) values.set(indexes[i] as number, indexes[i + 1]!);
  return values;
}

function sameList(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
