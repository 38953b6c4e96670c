import type { IndexValue } from '@throughline/contracts';
import { VIEW_NAMES, type Views } from '../../views.ts';

export type Row = readonly (IndexValue | undefined)[];

/** Values of fields of any view (`crm.orders`, `cem.score`) for each customer: a row a customer, a column a field, in the orders asked. */
export async function fieldValues(
  views: Views,
  customers: readonly string[],
  fields: readonly string[],
): Promise<readonly Row[]> {
  const rows = customers.map(() => fields.map((): IndexValue | undefined => undefined));
  for (const name of VIEW_NAMES) {
    const own = fields.filter((field) => viewOf(field) === name);
    if (own.length === 0) continue;
    const columns = own.map((field) => fields.indexOf(field));
    const values = await views[name].values(customers, own);
    for (const [i, row] of values.entries()) for (const [j, column] of columns.entries()) rows[i]![column] = row[j];
  }
  return rows;
}

/** The view that a field is of: the word before its dot. */
export function viewOf(field: string): keyof Views {
  return field.slice(0, field.indexOf('.')) as keyof Views;
}
