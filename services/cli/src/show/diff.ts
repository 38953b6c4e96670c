/** What two versions of a projection show differently, as text. */
import type { FieldDiff, VersionDiff } from '@throughline/contracts';
import type { ExplainedMover } from '../replay/movers.ts';
import { change, count } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { table, type Column } from '../terminal/table.ts';
import { fieldText } from './field-diff.ts';
import type { Ink } from './histogram.ts';
import { metricDiffText } from './metric-diff.ts';
import { fit, plural } from './words.ts';

const WIDTH = 100;
const LABEL = 10;

export interface DiffShown {
  readonly diff: VersionDiff;
  /** What each version is made of, in words. */
  readonly made: { readonly from: string; readonly to: string };
  /** The fields that are told in full, in this order. */
  readonly inFull: readonly string[];
  /** By field, those whose movers are explained; a field that is not here names its movers only. */
  readonly explained: ReadonlyMap<string, readonly ExplainedMover[]>;
  /** So many movers of a field. */
  readonly top: number;
}

/** The field that a diff is told by, unless other fields are asked for: the projection's own figure, else what changed for most. */
export function headline({ projection, fields }: VersionDiff): readonly string[] {
  const moved = fields.filter((field) => customersMoved(field) > 0);
  const own = moved.find(({ field }) => field === OWN_FIGURE[projection]);
  const most = [...moved].sort((a, b) => customersMoved(b) - customersMoved(a))[0];
  const chosen = own ?? most;
  return chosen ? [chosen.field] : [];
}

const OWN_FIGURE: Readonly<Record<string, string>> = { cem: 'cem.score', balance: 'balance.cell' };

export function diffText(shown: DiffShown, ink: Ink): string {
  const { diff, inFull, explained, top } = shown;
  const fields = inFull.flatMap((name) => diff.fields.filter(({ field }) => field === name));
  const sections = [
    heading(shown),
    overview(diff),
    ...fields.map((field) => fieldText(field, explained.get(field.field), top, ink)),
    others(diff, inFull),
    metricDiffText(diff.metrics),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

function heading({ diff, made }: DiffShown): string {
  const { projection, from, to, position, day, folded, customers, sample } = diff;
  const row: Row = (label, text) => `  ${label.padEnd(LABEL)} ${text}\n`;
  let text = `${paint.bold(`${projection}: what ${to} would change`)}\n`;
  text += row('live', `${from}  ${paint.dim(fit(made.from, WIDTH - LABEL - from.length - 6))}`);
  text += row('candidate', `${to}  ${paint.dim(fit(made.to, WIDTH - LABEL - to.length - 6))}`);
  text += row('compared', `at position ${position}, as of ${day}`);
  if (sample) text += row('sample', `${sample.digits} of 16 of the customers: such a version cannot be promoted`);
  if (folded) text += foldedText(folded, row);
  const { inBoth, same, changed, onlyIn } = customers;
  text += row('customers', `${count(inBoth)} in both: ${count(changed)} changed, ${count(same)} the same`);
  text += onlyInText('only in the live one', onlyIn.from, row) + onlyInText('only in the candidate', onlyIn.to, row);
  return text;
}

type Row = (label: string, text: string) => string;

function foldedText({ from, to, same }: NonNullable<VersionDiff['folded']>, row: Row): string {
  if (same) return row('folded', `${plural(to.touchpoints, 'touchpoint')} in both, and the same ones`);
  return paint.red(
    row('folded', 'NOT THE SAME: something was skipped or doubled. Do not promote; cancel, and start again.') +
      row('', `live       ${count(from.touchpoints)}  ${from.ids}`) +
      row('', `candidate  ${count(to.touchpoints)}  ${to.ids}`),
  );
}

function onlyInText(where: string, { n, first }: VersionDiff['customers']['onlyIn']['from'], row: Row): string {
  if (n === 0) return '';
  const more = n > 2 ? ', …' : '';
  return row('', paint.yellow(`${count(n)} ${where}: ${first.slice(0, 2).join(', ')}${more}`));
}

function overview({ fields }: VersionDiff): string {
  if (fields.length === 0) return `${paint.green('Every customer shows the same in both.')}\n`;
  const right = (title: string): Column => ({ title, align: 'right' });
  const columns: Column[] = [
    { title: 'field' },
    ...['in both', 'changed', 'gained', 'lost', 'mean', 'median', 'least', 'greatest'].map(right),
  ];
  const rows = fields.map(({ field, n, changed, gained, lost, change: moved }) => [
    fit(field, 24),
    count(n),
    count(changed),
    count(gained),
    count(lost),
    ...(moved ? [moved.mean, moved.median, moved.least, moved.greatest].map(change) : ['', '', '', '']),
  ]);
  return `${paint.cyan('Fields that move')}\n${table(columns, rows)}\n`;
}

function others({ fields }: VersionDiff, inFull: readonly string[]): string {
  const rest = fields.map(({ field }) => field).filter((field) => !inFull.includes(field));
  if (rest.length === 0) return '';
  return `${paint.dim(`Tell another in full: --field ${rest[0]}${rest.length > 1 ? `, or --field ${rest[1]}` : ''}`)}\n`;
}

/** Customers for whom a field is another, there or gone. */
export const customersMoved = ({ changed, gained, lost }: FieldDiff): number => changed + gained + lost;
