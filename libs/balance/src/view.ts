import { dayToText, minorDigits, type Company, type Day, type Money } from '@throughline/contracts';
import { wholePoints, type Score } from '@throughline/cem';
import { whole, type Value } from '@throughline/crm';
import type { Band, CellWords, CutPoints, GridCell, GridDefinition } from './definitions/grid.v1.ts';

/** A customer from both sides at once, as of the end of one day. */
export interface BalanceView extends CellWords {
  /** The day it stands for. */
  readonly day: string;
  /** The first day on which time alone may change it; absent for never. */
  readonly changesOn?: string;
  readonly cell: GridCell;
  /** What they are worth to the company. */
  readonly value: {
    readonly band: Band | 'unknown';
    readonly because: string;
    /** Net revenue of the last 365 days. */
    readonly revenue365?: Money;
  };
  /** What the company is to them. */
  readonly experience: {
    readonly band: Band | 'unknown';
    readonly because: string;
    /** Whole points from 0 to 100. */
    readonly score?: number;
    readonly interval?: readonly [low: number, high: number];
    /** Weight of the evidence, in survey answers. */
    readonly evidence: number;
  };
}

export function viewOf(
  value: Value,
  score: Score,
  at: Day,
  nextChange: Day | undefined,
  company: Company,
  grid: GridDefinition,
): BalanceView {
  const worth = worthOf(value, company, grid.value);
  const experience = experienceOf(score, grid.experience);
  const cell = cellOf(worth.band, experience.band);
  return {
    day: dayToText(at),
    ...(nextChange !== undefined && { changesOn: dayToText(nextChange) }),
    cell,
    ...grid.cells[cell],
    value: worth,
    experience,
  };
}

function worthOf(value: Value, { currency }: Company, cuts: CutPoints): BalanceView['value'] {
  if (!value.known) {
    const because =
      value.orders > 0 ? 'orders are known, but none of their amounts' : 'no orders and no payments are known';
    return { band: 'unknown', because };
  }
  const minor = whole(value.revenue365);
  if (minor === undefined) {
    const currencies = value.revenue365.unconverted.map((money) => money.currency).join(', ');
    return { band: 'unknown', because: `amounts in ${currencies} have no rate into ${currency}` };
  }
  const digits = minorDigits(currency);
  const major = minor / 10 ** digits;
  return {
    band: bandOf(major, cuts),
    because: `${major.toFixed(digits)} ${currency} net in the last 365 days; ${linesOf(cuts)}`,
    revenue365: { minor, currency },
  };
}

function experienceOf({ score, interval, evidence, enough }: Score, cuts: CutPoints): BalanceView['experience'] {
  if (!enough || score === undefined) return { band: 'unknown', because: 'not enough evidence for a score', evidence };
  const points = wholePoints(score);
  return {
    band: bandOf(points, cuts),
    because: `score ${points} of 100; ${linesOf(cuts)}`,
    score: points,
    ...(interval && { interval }),
    evidence,
  };
}

function bandOf(figure: number, cuts: CutPoints): Band {
  return figure >= cuts.high ? 'high' : figure >= cuts.mid ? 'mid' : 'low';
}

function linesOf(cuts: CutPoints): string {
  return `mid from ${cuts.mid}, high from ${cuts.high}`;
}

/** One cell each: without a value the experience alone puts nobody on the grid, nor a value alone. */
export function cellOf(value: Band | 'unknown', experience: Band | 'unknown'): GridCell {
  if (value === 'unknown') return 'value-unknown';
  return experience === 'unknown' ? 'not-enough-evidence' : `${value}-${experience}`;
}
