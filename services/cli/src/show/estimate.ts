/** What a replay would cost, as text: each figure with where it is from. */
import type { EstimateAnswer } from '../api/replays.ts';
import { bytes, count, duration } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { wrap } from './words.ts';

const HOW = 60;

export function estimateText(estimate: EstimateAnswer): string {
  const { projection, workers, sample, touchpoints, seconds, bytes: size } = estimate;
  const slice = sample ? `, ${sample.digits} of 16 of the customers` : '';
  const rows = [
    ['touchpoints to read', count(touchpoints.value), touchpoints.how],
    ['time', duration(seconds.value), seconds.how],
    ['disk', size.value === null ? 'not known' : bytes(size.value), size.how],
  ].map(([name, value, how]) => [name!, value!, paint.dim(wrap(how!, HOW).join('\n'))]);
  const threads = `${workers} ${workers === 1 ? 'thread' : 'threads'}`;
  const columns = [{ title: '' }, { title: 'about', align: 'right' as const }, { title: 'because' }];
  return `${paint.bold(`What a replay of ${projection} would cost`)}  ${paint.dim(`with ${threads}${slice}; nothing was started`)}\n${table(columns, rows)}\n`;
}
