/** The plainest computation of what two versions show differently: all in memory, by the words of `VersionDiff`. */
import { dayToText, type Cell, type IndexEntry, type IndexValue } from '@throughline/contracts';

export type Customers = ReadonlyMap<string, readonly IndexEntry[]>;

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const all = (...of: Customers[]) => [...new Set(of.flatMap((each) => [...each.keys()]))].sort(byText);

export function plainCustomers(before: Customers, after: Customers) {
  const ids = all(before, after);
  const only = (here: Customers, there: Customers) => {
    const those = ids.filter((id) => here.has(id) && !there.has(id));
    return { n: those.length, first: those.slice(0, 20) };
  };
  const both = ids.filter((id) => before.has(id) && after.has(id));
  const shown = (entries: readonly IndexEntry[]) =>
    JSON.stringify([...entries].sort((a, b) => byText(a.field, b.field)));
  const same = both.filter((id) => shown(before.get(id)!) === shown(after.get(id)!)).length;
  return {
    inBoth: both.length,
    same,
    changed: both.length - same,
    onlyIn: { from: only(before, after), to: only(after, before) },
  };
}

export interface Change {
  readonly customer: string;
  readonly from: IndexValue | null;
  readonly to: IndexValue | null;
}

/** Every customer in both versions who has the field in either. */
export function changesOf(field: string, before: Customers, after: Customers): readonly Change[] {
  const value = (of: Customers, id: string) => of.get(id)?.find((entry) => entry.field === field)?.value ?? null;
  return all(before, after)
    .filter((id) => before.has(id) && after.has(id))
    .map((customer) => ({ customer, from: value(before, customer), to: value(after, customer) }))
    .filter(({ from, to }) => from !== null || to !== null);
}

export function plainNumbers(changes: readonly number[]) {
  const sorted = [...changes].sort((a, b) => a - b);
  const sum = (of: readonly number[]) => Number(of.reduce((total, each) => total + BigInt(each), 0n));
  const n = changes.length;
  return {
    mean: sum(changes) / n,
    meanAbsolute: sum(changes.map(Math.abs)) / n,
    least: sorted[0]! + 0,
    median: (sorted[Math.floor((n - 1) / 2)]! + sorted[Math.floor(n / 2)]!) / 2 + 0,
    greatest: sorted.at(-1)! + 0,
  };
}

export function plainMovers(changes: readonly Change[]): readonly Change[] {
  const size = ({ from, to }: Change) => {
    if (from === null || to === null) return 0;
    return typeof from === 'number' && typeof to === 'number' ? Math.abs(to - from) : Number(from !== to);
  };
  return changes
    .filter(({ from, to }) => from !== to)
    .sort((a, b) => size(b) - size(a) || byText(a.customer, b.customer))
    .slice(0, 20);
}

export function plainTurns(changes: readonly Change[]) {
  const turned = changes.filter(
    ({ from, to }) =>
      from !== null && to !== null && from !== to && !(typeof from === 'number' && typeof to === 'number'),
  );
  const texts = turned.map(({ from, to }) => JSON.stringify([from, to]));
  return [...new Set(texts)]
    .map((text) => ({ text, n: texts.filter((each) => each === text).length }))
    .sort((a, b) => b.n - a.n || byText(a.text, b.text))
    .map(({ text, n }) => {
      const [from, to] = JSON.parse(text) as [IndexValue, IndexValue];
      return { from, to, n };
    });
}

export function plainMetrics(before: readonly Cell[], after: readonly Cell[]) {
  const key = ({ metric, day, dims }: Cell) =>
    JSON.stringify([
      metric,
      day ?? null,
      ...Object.entries(dims)
        .sort(([a], [b]) => byText(a, b))
        .flat(),
    ]);
  const sums = (cells: readonly Cell[], of: string) =>
    cells
      .filter((cell) => key(cell) === of)
      .reduce<number[]>((total, { values }) => values.map((value, i) => value + (total[i] ?? 0)), []);
  const cells = [...before, ...after];
  const rows = [...new Set(cells.map(key))].map((of) => {
    const { metric, day, dims } = cells.find((cell) => key(cell) === of)!;
    const [from, to] = [sums(before, of), sums(after, of)];
    const by = Math.max(
      0,
      ...from.map((value, i) => Math.abs((to[i] ?? 0) - value)),
      ...to.map((value, i) => Math.abs(value - (from[i] ?? 0))),
    );
    return { of, metric, day, dims, from, to, by, isThere: [...from, ...to].some((value) => value !== 0) };
  });
  return [...new Set(rows.map(({ metric }) => metric))].sort(byText).flatMap((metric) => {
    const there = rows.filter((row) => row.metric === metric && row.isThere);
    const changed = there.filter(({ by }) => by > 0);
    if (changed.length === 0) return [];
    const most = changed
      .sort((a, b) => b.by - a.by || byText(a.of, b.of))
      .slice(0, 20)
      .map(({ day, dims, from, to }) => ({ ...(day !== undefined && { day: dayToText(day) }), dims, from, to }));
    return [{ metric, cells: there.length, changed: changed.length, most }];
  });
}
