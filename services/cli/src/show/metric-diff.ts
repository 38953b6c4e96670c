/** Metrics whose cells differ between two versions, as text. */
import type { MetricDiff } from '@throughline/contracts';
import { count, figure } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { fit } from './words.ts';

const DIMS = 30;
const VALUES = 18;

/** @returns nothing where no cell differs. */
export function metricDiffText(metrics: readonly MetricDiff[]): string {
  if (metrics.length === 0) return '';
  const columns = [
    { title: 'metric' },
    { title: 'cells', align: 'right' as const },
    { title: 'changed', align: 'right' as const },
    { title: 'the one that differs most' },
    { title: 'live' },
    { title: 'candidate' },
  ];
  const rows = metrics.map(({ metric, cells, changed, most: [most] }) => [
    fit(metric, 24),
    count(cells),
    count(changed),
    ...(most ? [fit(cellName(most.day, most.dims), DIMS), values(most.from), values(most.to)] : ['', '', '']),
  ]);
  return `${paint.cyan('Metrics whose cells move')}\n${table(columns, rows)}\n`;
}

function cellName(day: string | undefined, dims: Readonly<Record<string, string>>): string {
  return [...(day === undefined ? [] : [day]), ...Object.values(dims)].join(' ') || 'all';
}

const values = (sums: readonly number[]) => fit(sums.length === 0 ? 'none' : sums.map(figure).join(', '), VALUES);
