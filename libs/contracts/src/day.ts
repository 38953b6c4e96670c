import { daysSinceEpoch } from './time.ts';

/**
 * A calendar day in the company's reporting time zone, as the number of days since 1970-01-01. Figures are bucketed by
 * it, scores decay by it, and no fold knows any finer "now".
 */
export type Day = number;

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
/** Some three years of them. */
const MOST_QUARTERS = 100_000;

/** `YYYY-MM-DD` of a day. */
export function dayToText(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The day that `YYYY-MM-DD` names; undefined when it names none. */
export function dayFromText(text: string): Day | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text) return undefined;
  return ms / DAY_MS;
}

/**
 * How a time zone (an IANA name) cuts time into days. Looked up once for each quarter of an hour that occurs; the few in which
 * a day ends (some zones were off by minutes and seconds in their early years) are looked up each time. The cache is bounded.
 *
 * @throws RangeError when the zone is unknown.
 */
export function dayOf(timeZone: string): (epochMs: number) => Day {
  if (timeZone === 'UTC') return (epochMs) => Math.floor(epochMs / DAY_MS);
  const lookUp = dayLookUp(timeZone);
  const known = new Map<number, Day | undefined>();
  return (epochMs) => {
    const quarter = Math.floor(epochMs / QUARTER_MS);
    let day = known.get(quarter);
    if (day === undefined) {
      if (known.has(quarter)) return lookUp(epochMs);
      const first = lookUp(quarter * QUARTER_MS);
      day = first === lookUp((quarter + 1) * QUARTER_MS - 1) ? first : undefined;
      if (known.size >= MOST_QUARTERS) known.clear();
      known.set(quarter, day);
    }
    return day ?? lookUp(epochMs);
  };
}

function dayLookUp(timeZone: string): (epochMs: number) => Day {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (epochMs) => {
    const parts = format.formatToParts(epochMs);
    const part = (type: string) => Number(parts.find((p) => p.type === type)!.value);
    return daysSinceEpoch(part('year'), part('month'), part('day'));
  };
}
