import type { ParkedAnswer } from '../api/repairs.ts';
import { count } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { day } from './words.ts';

export function parkedText(projection: string, { total, items, next }: ParkedAnswer): string {
  if (items.length === 0)
    return total === 0 ? `${paint.bold(projection)}: nothing is parked.\n` : 'There is no more.\n';
  const rows = items.map(({ id, type, occurredAt, customer, stage, error }) => [
    id,
    stage === 'view' ? 'the view' : (type ?? 'a touchpoint'),
    occurredAt === undefined ? '' : day(occurredAt),
    customer,
    error,
  ]);
  const columns = ['id', 'what', 'on', 'customer', 'where it failed'].map((title) => ({ title }));
  const more = next === undefined ? '' : `There is more: --cursor ${next}\n`;
  const todo = `Once the code is mended: npx throughline parked redrive ${projection} --all --wait\n`;
  return [`${paint.bold(projection)}: ${count(total)} parked`, table(columns, rows), paint.dim(more + todo)].join('\n');
}
