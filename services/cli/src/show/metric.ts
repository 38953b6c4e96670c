import type { Metric, MetricAnswer } from '../api/answers.ts';
import { count, figure } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { day, fit } from './words.ts';
import { table, type Column } from '../terminal/table.ts';

export function metricText({ metric, rows, methodChanges = [] }: MetricAnswer, by: readonly string[]): string {
  const isTimed = rows.some((row) => row.period !== 'all');
  const hasInterval = rows.some((row) => row.interval);
  const said = (value: number) => (metric.kind === 'share' ? `${(value * 100).toFixed(2)} %` : figure(value));
  const right = (title: string): Column => ({ title, align: 'right' });
  const columns: Column[] = [
    ...(isTimed ? [{ title: 'period' }] : []),
    ...by.map((title) => ({ title })),
    right('n'),
    right('value'),
    ...(hasInterval ? [right('95 % interval')] : []),
  ];
  const body = rows.map(({ dims, period, n, value, interval, provisional }) => [
    ...(isTimed ? [`${period}${provisional ? ' *' : ''}`] : []),
    ...by.map((name) => dims[name] ?? paint.dim('not known')),
    count(n),
    value === null ? paint.dim('too few') : said(value),
    ...(hasInterval ? [interval ? `${said(interval[0])} – ${said(interval[1])}` : ''] : []),
  ]);
  const note = isTimed && rows.some((row) => row.provisional) ? `${paint.dim('* not over yet')}\n` : '';
  return `${paint.bold(metric.title)}\n${paint.dim(fit(`${metric.formula}, in ${metric.unit}`, 100))}\n${table(columns, body)}\n${note}${methodChanges.map(methodText).join('')}`;
}

function methodText({ at, by, author, reason }: NonNullable<MetricAnswer['methodChanges']>[number]): string {
  const what = by === 'rollback' ? 'The method was changed back' : 'The method changed';
  return `${paint.yellow(fit(`${what} on ${day(at)}: ${reason} (${author})`, 100))}\n`;
}

export function metricsText(metrics: readonly Metric[]): string {
  const rows = metrics.map(({ name, title, dimensions }) => [name, fit(title, 38), paint.dim(shortened(dimensions))]);
  return `${table([{ title: 'name' }, { title: 'what it is' }, { title: 'by' }], rows)}\n`;
}

function shortened(dimensions: readonly string[]): string {
  const shown = dimensions.slice(0, 2).join(', ');
  return dimensions.length > 2 ? `${shown}, … (${dimensions.length})` : shown;
}
