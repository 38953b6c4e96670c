import { pause } from '@throughline/runtime';
import { fieldsOf, holds, type Condition } from '../../rsql/condition.ts';
import type { Views } from '../../views.ts';
import { fieldValues } from './field-values.ts';
import { EVERYONE } from './fields.ts';
import { entriesOf, rangesOf, type Range } from './scans.ts';

/** How many customers a condition holds for, exactly: goes through the most promising index once. */
export async function countMatching(views: Views, condition: Condition): Promise<number> {
  const others = new Map<string, readonly string[]>();
  let total = 0;
  for (const range of drivingRanges(condition)) {
    const rest = others.get(range.field) ?? fieldsOf(condition).filter((field) => field !== range.field);
    others.set(range.field, rest);
    for await (const entries of entriesOf(views, range)) {
      const rows =
        rest.length > 0
          ? await fieldValues(
              views,
              entries.map((entry) => entry.customer),
              rest,
            )
          : [];
      for (const [i, entry] of entries.entries()) {
        if (holds(condition, (field) => (field === range.field ? entry.value : rows[i]![rest.indexOf(field)])))
          total += 1;
      }
      await pause();
    }
  }
  return total;
}

/** Stretches in which everyone who may match stands exactly once. */
function drivingRanges(condition: Condition): readonly Range[] {
  if (condition.kind === 'compare') return rangesOf(condition);
  if (condition.kind === 'or') return [{ field: EVERYONE }];
  const choices = condition.parts.filter((part) => part.kind === 'compare').map(rangesOf);
  return choices.sort((a, b) => openness(a) - openness(b))[0] ?? [{ field: EVERYONE }];
}

/** How little a choice narrows: values named, then one end open, then both. */
function openness(ranges: readonly Range[]): number {
  return Math.max(...ranges.map((range) => Number(range.from === undefined) + Number(range.to === undefined)), 0);
}
