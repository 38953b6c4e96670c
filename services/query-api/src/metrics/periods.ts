import { dayToText, type Day } from '@throughline/contracts';

export const GRAINS = ['day', 'week', 'month', 'quarter', 'year', 'all'] as const;
export type Grain = (typeof GRAINS)[number];

export interface Period {
  /** `2024-01-31`, `2024-W05`, `2024-01`, `2024-Q1`, `2024`, `all`. Sorts as text within one grain. */
  readonly name: string;
  /** The last day in it: once that one is closed, the period is over. */
  readonly last: Day;
}

const DAY_MS = 86_400_000;

/** How a grain cuts days into periods. Weeks are ISO 8601's: Monday to Sunday, named by the year that has their Thursday. */
export function periodsBy(grain: Grain, to: Day): (day: Day) => Period {
  const known = new Map<Day, Period>();
  return (day) => {
    let period = known.get(day);
    if (!period) {
      period = CUT[grain](day, to);
      known.set(day, period);
    }
    return period;
  };
}

const CUT: Record<Grain, (day: Day, to: Day) => Period> = {
  day: (day) => ({ name: dayToText(day), last: day }),
  week: (day) => {
    const monday = day - ((((day + 3) % 7) + 7) % 7);
    const thursday = monday + 3;
    const year = yearOf(thursday);
    const week = Math.floor((thursday - dayAt(year, 0)) / 7) + 1;
    return { name: `${year}-W${String(week).padStart(2, '0')}`, last: monday + 6 };
  },
  month: (day) => ({ name: dayToText(day).slice(0, 7), last: dayAt(yearOf(day), monthOf(day) + 1) - 1 }),
  quarter: (day) => {
    const quarter = Math.floor(monthOf(day) / 3);
    return { name: `${yearOf(day)}-Q${quarter + 1}`, last: dayAt(yearOf(day), quarter * 3 + 3) - 1 };
  },
  year: (day) => ({ name: String(yearOf(day)), last: dayAt(yearOf(day) + 1, 0) - 1 }),
  all: (_, to) => ({ name: 'all', last: to }),
};

function yearOf(day: Day): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}

function monthOf(day: Day): number {
  return new Date(day * DAY_MS).getUTCMonth();
}

function dayAt(year: number, month: number): Day {
  return Date.UTC(year, month, 1) / DAY_MS;
}
