/**
 * A calendar day in the company's reporting time zone, as the number of days since 1970-01-01. Figures are bucketed by
 * it, scores decay by it, and no fold knows any finer "now".
 */
export type Day = number;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

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
 * How a time zone (an IANA name) cuts time into days. Offsets are looked up once for each quarter of an hour that occurs,
 * since no zone changes its offset more finely, and the cache is bounded.
 *
 * @throws RangeError when the zone is unknown.
 */
export function dayOf(timeZone: string): (epochMs: number) => Day {
  if (timeZone === 'UTC') return (epochMs) => Math.floor(epochMs / DAY_MS);
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const quarter = HOUR_MS / 4;
  const known = new Map<number, Day>();
  return (epochMs) => {
    const slot = Math.floor(epochMs / quarter);
    let day = known.get(slot);
    if (day === undefined) {
      const parts = format.formatToParts(slot * quarter);
      const part = (type: string) => Number(parts.find((p) => p.type === type)!.value);
      day = Math.floor(Date.UTC(part('year'), part('month') - 1, part('day')) / DAY_MS);
      if (known.size >= 100_000) known.clear();
      known.set(slot, day);
    }
    return day;
  };
}
