import type { IndexValue } from '@throughline/contracts';
import { FIELDS } from '../definitions.ts';
import type { Views } from '../views.ts';
import type { CustomerSummary } from './customer.dto.ts';
import { fieldValues } from './search/field-values.ts';

const NAMES = FIELDS.map((field) => field.field);

/** Customers as lists show them, in the order given. */
export async function summaries(views: Views, customers: readonly string[]): Promise<readonly CustomerSummary[]> {
  const rows = await fieldValues(views, customers, NAMES);
  return customers.map((id, i) => {
    const fields: Record<string, IndexValue> = {};
    for (const [j, name] of NAMES.entries()) {
      const value = rows[i]![j];
      if (value !== undefined) fields[name] = value;
    }
    return { id, fields };
  });
}
