import type { IndexValue } from '@throughline/contracts';
import type { ScannedEntry } from '@throughline/read-model';
import type { Comparison, Condition } from '../../rsql/condition.ts';
import type { Views } from '../../views.ts';
import { viewOf } from './field-values.ts';

/** A stretch of one index, both ends included. */
export interface Range {
  readonly field: string;
  readonly from?: IndexValue;
  readonly to?: IndexValue;
}

/** Entries read at a time: well within a slice of the HTTP thread. */
const CHUNK = 256;

/** The entries of a range, in chunks, each read only when asked for. */
export async function* entriesOf(
  views: Views,
  range: Range,
  order: { readonly descending?: boolean; readonly after?: ScannedEntry | undefined } = {},
): AsyncGenerator<readonly ScannedEntry[]> {
  let after = order.after;
  for (;;) {
    const entries = await views[viewOf(range.field)].scan({
      ...range,
      limit: CHUNK,
      ...(order.descending ? { descending: true } : {}),
      ...(after ? { after } : {}),
    });
    if (entries.length > 0) yield entries;
    if (entries.length < CHUNK) return;
    after = entries.at(-1);
  }
}

/** The stretches that hold every customer of whom a comparison may be true; one customer stands in at most one of them. */
export function rangesOf({ field, operator, values }: Comparison): readonly Range[] {
  const value = values[0]!;
  switch (operator) {
    case '==':
    case '=in=':
      return [...new Set(values)].map((one) => ({ field, from: one, to: one }));
    case '=gt=':
    case '=ge=':
      return [{ field, from: value }];
    case '=lt=':
    case '=le=':
      return [{ field, to: value }];
    case '!=':
    case '=out=':
      return [{ field }];
  }
}

/** What a condition demands of one field, where it demands one stretch of it: a scan of that field may keep within it. */
export function boundsOn(condition: Condition | undefined, field: string): Range {
  if (!condition) return { field };
  const demands = condition.kind === 'and' ? condition.parts : [condition];
  for (const demand of demands) {
    if (demand.kind !== 'compare' || demand.field !== field) continue;
    const ranges = rangesOf(demand);
    if (ranges.length === 1 && (ranges[0]!.from !== undefined || ranges[0]!.to !== undefined)) return ranges[0]!;
  }
  return { field };
}
