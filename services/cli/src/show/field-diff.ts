/** How one field of customers changes, as text: by how much, and for whom most. */
import type { FieldDiff, IndexValue, Mover } from '@throughline/contracts';
import type { ExplainedMover, MovedPart } from '../replay/movers.ts';
import { change, count, figure } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { histogram, type Ink } from './histogram.ts';
import { fit, signed } from './words.ts';

const WHY = 54;
const PARTS = 3;

/** @param explained the movers with what moves them, if anybody explains this field. @param top so many movers. */
export function fieldText(
  field: FieldDiff,
  explained: readonly ExplainedMover[] | undefined,
  top: number,
  ink: Ink,
): string {
  const movers: readonly (Mover | ExplainedMover)[] = explained ?? field.movers;
  let text = spread(field, ink);
  if (movers.length > 0 && top > 0) {
    text += `\n${paint.cyan(`Whom it moves most`)}  ${paint.dim(field.field)}\n`;
    text += movers
      .slice(0, top)
      .map((mover) => moverText(mover) + ('parts' in mover ? mover.parts.slice(0, PARTS).map(partText).join('') : ''))
      .join('');
  }
  return text;
}

function spread({ field, same, change: moved, turns, otherTurns }: FieldDiff, ink: Ink): string {
  if (moved) {
    const bars = withinReach(moved.histogram).map(({ from, to, n }) => ({
      label: `${change(from)} to ${change(to)}`,
      n,
    }));
    return `${paint.cyan(`By how much ${field} moves`)}  ${paint.dim(`${count(same)} stay as they are`)}\n${histogram(bars, ink)}`;
  }
  if (turns) {
    const bars = turns.map(({ from, to, n }) => ({ label: `${valueText(from)} → ${valueText(to)}`, n }));
    if (otherTurns !== undefined) bars.push({ label: 'in other ways', n: otherTurns });
    return `${paint.cyan(`How ${field} turns`)}  ${paint.dim(`${count(same)} stay as they are`)}\n${histogram(bars, ink)}`;
  }
  return '';
}

/** From the first range that holds anybody to the last. */
function withinReach<T extends { readonly n: number }>(ranges: readonly T[]): readonly T[] {
  const isHeld = ({ n }: T) => n > 0;
  return ranges.slice(Math.max(0, ranges.findIndex(isHeld)), ranges.findLastIndex(isHeld) + 1);
}

function moverText({ customer, from, to }: Mover): string {
  const by = typeof from === 'number' && typeof to === 'number' ? `  ${signed(to - from)}` : '';
  const said = [from, to].every((value) => typeof value !== 'number' || Number.isInteger(value))
    ? valueText
    : (value: IndexValue | null) => (typeof value === 'number' ? hundredths(value) : valueText(value));
  return `  ${customer}  ${said(from)} → ${paint.bold(said(to))}${by}\n`;
}

function partText({ why, day, from, to }: MovedPart): string {
  const points = signed((to ?? 0) - (from ?? 0));
  const pad = ' '.repeat(Math.max(0, 7 - ((to ?? 0) - (from ?? 0)).toFixed(2).replace('-', '').length));
  const sides =
    from === undefined
      ? 'counts now'
      : to === undefined
        ? 'no longer counts'
        : `${hundredths(from)} → ${hundredths(to)}`;
  return `   ${pad}${points}  ${day === undefined ? '' : `${paint.dim(day)}  `}${fit(why, WHY)}  ${paint.dim(sides)}\n`;
}

const hundredths = (points: number) => points.toFixed(2).replace('-', '−');

/** A value of a field as people read it. */
function valueText(value: IndexValue | null): string {
  if (value === null) return 'none';
  return typeof value === 'number' ? figure(value) : typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
}
