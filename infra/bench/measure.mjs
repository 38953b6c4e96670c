/** The measuring tools of the benchmarks: a clock, percentiles, a table. */
import Table from 'cli-table3';

/** Seconds that `work` took, and what it returned. */
export async function timed(work) {
  const started = process.hrtime.bigint();
  const result = await work();
  return { seconds: Number(process.hrtime.bigint() - started) / 1e9, result };
}

/** The p-th percentile (nearest rank) of some numbers. */
export function percentile(numbers, p) {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil((p / 100) * sorted.length) - 1))];
}

export const perSecond = (count, seconds) => Math.round(count / seconds);

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

/**
 * Results as a table for people.
 * @param rows {{ what: string, value: number, unit: string, limit?: number, aim?: string, ok?: boolean }[]}
 */
export function render(rows) {
  const table = new Table({
    head: ['what', 'measured', 'limit in this run', 'ratio', 'aim', ''],
    colAligns: ['left', 'right', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { what, value, unit, limit, aim, ok } of rows) {
    table.push([
      what,
      `${NUMBER.format(value)} ${unit}`,
      limit === undefined ? '' : `${NUMBER.format(limit)} ${unit}`,
      limit === undefined ? '' : NUMBER.format(value / limit),
      aim ?? '',
      ok === undefined ? '' : ok ? 'met' : 'missed',
    ]);
  }
  return table.toString();
}
