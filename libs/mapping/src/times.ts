/** Times as exports write them, to epoch milliseconds. */
import { DateTime, IANAZone } from 'luxon';

/** Epoch milliseconds; undefined when the text does not follow the format or names no real time. */
export type TimeReader = (text: string) => number | undefined;

export const TIME_FORMAT_HELP =
  '`iso`, `epoch-seconds`, `epoch-milliseconds`, or a pattern such as `dd-MM-yyyy HH:mm:ss` (Luxon’s tokens)';

/**
 * Reads times by the first of `formats` that fits.
 *
 * Times without an offset are read in `zone`; where the clocks were set back and a time occurred twice, the first is
 * meant; where they were set forward and it never was, it is moved on by the gap, as clocks were.
 */
export function timeReader(formats: readonly string[], zone: string | undefined): TimeReader {
  const readers = formats.map((format) => readerFor(format, zone));
  const [only] = readers;
  if (readers.length === 1) return only!;
  return (text) => {
    for (const read of readers) {
      const ms = read(text);
      if (ms !== undefined) return ms;
    }
    return undefined;
  };
}

/** Whether times of this format say their own offset, so that no zone is needed. */
export function saysOffset(format: string): boolean {
  return format === 'iso' || format.startsWith('epoch-') || /[Zz]/.test(format.replace(/'[^']*'/g, ''));
}

export const isZone = (zone: string): boolean =>
  IANAZone.isValidZone(zone) || /^(UTC|GMT)([+-]\d{1,2}(:\d{2})?)?$/.test(zone);

function readerFor(format: string, zone: string | undefined): TimeReader {
  if (format === 'epoch-seconds') return epoch(1000);
  if (format === 'epoch-milliseconds') return epoch(1);
  const local = zone === undefined ? undefined : localToUtc(zone);
  if (format === 'iso') return iso(local);
  return numeric(format, local) ?? byLuxon(format, zone);
}

function epoch(unit: number): TimeReader {
  return (text) => {
    const ms = /^-?\d{1,16}(\.\d+)?$/.test(text) ? Math.round(Number(text) * unit) : NaN;
    return Math.abs(ms) <= 8.64e15 ? ms : undefined;
  };
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/;

function iso(local: LocalToUtc | undefined): TimeReader {
  return (text) => {
    const m = ISO.exec(text);
    if (!m) return undefined;
    const ms = utc(
      +m[1]!,
      +m[2]!,
      +m[3]!,
      +(m[4] ?? 0),
      +(m[5] ?? 0),
      +(m[6] ?? 0),
      m[7] === undefined ? 0 : +m[7].slice(0, 3).padEnd(3, '0'),
    );
    const offset = m[8];
    if (ms === undefined || offset === undefined) return ms === undefined ? undefined : local?.(ms);
    if (!/\d/.test(offset)) return ms;
    const minutes = +offset.slice(1, 3) * 60 + +(offset.replace(':', '').slice(3) || 0);
    return ms - (offset[0] === '-' ? -minutes : minutes) * 60_000;
  };
}

/** Patterns of digits only, which most are, are read without Luxon: some twenty times faster. */
const TOKENS: Readonly<Record<string, readonly [pattern: string, part: number]>> = {
  yyyy: ['(\\d{4})', 0],
  MM: ['(\\d{2})', 1],
  M: ['(\\d{1,2})', 1],
  dd: ['(\\d{2})', 2],
  d: ['(\\d{1,2})', 2],
  HH: ['(\\d{2})', 3],
  H: ['(\\d{1,2})', 3],
  mm: ['(\\d{2})', 4],
  m: ['(\\d{1,2})', 4],
  ss: ['(\\d{2})', 5],
  s: ['(\\d{1,2})', 5],
  SSS: ['(\\d{3})', 6],
};

function numeric(format: string, local: LocalToUtc | undefined): TimeReader | undefined {
  const order: number[] = [];
  let pattern = '';
  for (const [piece, quoted, token] of format.matchAll(/'([^']*)'|([A-Za-z])\2*|[^A-Za-z']/g)) {
    if (quoted !== undefined || token === undefined) {
      pattern += (quoted ?? piece).replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
      continue;
    }
    const known = TOKENS[piece];
    if (!known || order.includes(known[1])) return undefined;
    pattern += known[0];
    order.push(known[1]);
  }
  if (local === undefined || ![0, 1, 2].every((part) => order.includes(part))) return undefined;
  const regex = new RegExp(`^${pattern}$`);
  return (text) => {
    const m = regex.exec(text);
    if (!m) return undefined;
    const parts: [number, number, number, number, number, number, number] = [0, 1, 1, 0, 0, 0, 0];
    for (let i = 0; i < order.length; i++) parts[order[i]!] = +m[i + 1]!;
    const ms = utc(...parts);
    return ms === undefined ? undefined : local(ms);
  };
}

function byLuxon(format: string, zone: string | undefined): TimeReader {
  const options = { locale: 'en-US', zone: zone ?? 'UTC' };
  return (text) => {
    const time = DateTime.fromFormat(text, format, options);
    return time.isValid ? time.toMillis() : undefined;
  };
}

function utc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 || year < 1000) return undefined;
  const time = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  return new Date(time).getUTCDate() === day ? time : undefined;
}

/** A local time, given as if it were UTC, to the real UTC time. */
type LocalToUtc = (asIfUtc: number) => number;

const QUARTER_MS = 900_000;

function localToUtc(zone: string): LocalToUtc {
  if (zone === 'UTC' || zone === 'GMT') return (ms) => ms;
  const known = new Map<number, number>();
  return (ms) => {
    // No zone changes its offset between quarters of an hour.
    const slot = Math.floor(ms / QUARTER_MS);
    let shift = known.get(slot);
    if (shift === undefined) {
      const at = new Date(slot * QUARTER_MS);
      shift =
        DateTime.fromObject(
          {
            year: at.getUTCFullYear(),
            month: at.getUTCMonth() + 1,
            day: at.getUTCDate(),
            hour: at.getUTCHours(),
            minute: at.getUTCMinutes(),
          },
          { zone: luxonZone(zone) },
        ).toMillis() - at.getTime();
      if (known.size >= 100_000) known.clear();
      known.set(slot, shift);
    }
    return ms + shift;
  };
}

const luxonZone = (zone: string) => zone.replace(/^GMT/, 'UTC');
