/** Whom two versions of identity take to be one customer, as text. */
import type { CustomerSize, IdentityChange, IdentityDiff, RefusalReason } from '@throughline/contracts';
import { change, count } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { histogram, type Ink } from './histogram.ts';
import { fit, plural } from './words.ts';

const WIDTH = 100;
const LABEL = 10;

export interface IdentityDiffShown {
  readonly diff: IdentityDiff;
  /** What each version is made of, in words. */
  readonly made: { readonly from: string; readonly to: string };
  /** So many of the customers that are split, and of those that are merged. */
  readonly top: number;
}

export function identityDiffText({ diff, made, top }: IdentityDiffShown, ink: Ink): string {
  const sections = [
    heading(diff, made),
    sizes(diff, ink),
    refused(diff),
    examples('The largest that are split', 'into', diff.split, diff.examples.split.slice(0, top)),
    examples('The largest that are merged', 'of', diff.merged, diff.examples.merged.slice(0, top)),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

function heading(diff: IdentityDiff, made: IdentityDiffShown['made']): string {
  const { from, to, position, keys, moved, customers, largest } = diff;
  const row = (label: string, text: string) => `  ${label.padEnd(LABEL)} ${text}\n`;
  let text = `${paint.bold(`identity: what ${to} would change`)}\n`;
  text += row('live', `${from}  ${paint.dim(fit(made.from, WIDTH - LABEL - from.length - 6))}`);
  text += row('candidate', `${to}  ${paint.dim(fit(made.to, WIDTH - LABEL - to.length - 6))}`);
  text += row('compared', `at position ${position}`);
  text += row('keys', `${count(keys)} stand with others: ${count(moved)} moved, ${count(keys - moved)} as they were`);
  text += row(
    'customers',
    `of more than one key: ${count(customers.from)}, would be ${count(customers.to)} (${change(customers.to - customers.from)})`,
  );
  text += row('split', `${plural(diff.split, 'customer')} would be several`);
  text += row('merged', `${plural(diff.merged, 'customer')} would be made of several`);
  text += row('largest', `${sizeText(largest.from)}, would be ${sizeText(largest.to)}`);
  return moved > 0 ? text : `${text}${paint.green('Every key stands with the same keys in both.')}\n`;
}

function sizeText(size: CustomerSize | null): string {
  return size === null ? 'none' : `${plural(size.keys, 'key')} ${paint.dim(size.customer)}`;
}

function sizes({ sizes, customers }: IdentityDiff, ink: Ink): string {
  if (customers.from + customers.to === 0) return '';
  const isHeld = ({ from, to }: IdentityDiff['sizes'][number]) => from + to > 0;
  const held = sizes.slice(sizes.findIndex(isHeld), sizes.findLastIndex(isHeld) + 1);
  const bars = held.flatMap(({ least, most, from, to }) => {
    const keys = most === null ? `${least} and more` : most === least ? `${least}` : `${least}–${most}`;
    return [
      { label: `${keys}  ${'live'.padEnd('candidate'.length)}`, n: from },
      { label: 'candidate', n: to },
    ];
  });
  return `${paint.cyan('Customers by how many keys they have')}\n${histogram(bars, ink)}`;
}

const REASONS: Readonly<Record<RefusalReason, string>> = {
  unique: 'a customer would have two keys of a type of which each has one',
  limit: 'a customer would have too many keys of a type',
  shared: 'a device would make two people one',
  hub: 'a key was seen with too many others to say anything',
  separated: 'a steward said that they are two',
  blocked: 'the value is nobody’s',
  'too-large': 'a customer would have too many keys',
};

function refused({ refused }: IdentityDiff): string {
  if (refused.length === 0) return '';
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [{ title: 'reason' }, right('live'), right('candidate'), right('change'), { title: 'which is' }];
  const rows = refused.map(({ reason, from, to }) => [
    reason,
    count(from),
    count(to),
    change(to - from),
    paint.dim(REASONS[reason]),
  ]);
  return `${paint.cyan('Links refused')}\n${table(columns, rows)}\n`;
}

function examples(title: string, parts: string, n: number, shown: readonly IdentityChange[]): string {
  if (shown.length === 0) return '';
  const columns = [{ title: 'customer' }, { title: 'keys', align: 'right' as const }, { title: parts }];
  const rows = shown.map(({ customer, keys, parts, first }) => [customer, count(keys), partsText(keys, parts, first)]);
  return `${paint.cyan(title)}  ${paint.dim(`${count(shown.length)} of ${count(n)}`)}\n${table(columns, rows)}\n`;
}

/** `3: 14 + 1 + 1`. */
function partsText(keys: number, parts: number, first: readonly CustomerSize[]): string {
  const named = first.reduce((sum, part) => sum + part.keys, 0);
  const sizes = [...first.map((part) => count(part.keys)), ...(named < keys ? ['…'] : [])];
  return `${count(parts)}: ${sizes.join(' + ')}`;
}
