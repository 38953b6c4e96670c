const SHAPE = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAY_MS = 86_400_000;

/**
 * Epoch milliseconds of an RFC 3339 time with its offset; finer fractions are cut off. Undefined for a text of another
 * form, for a date or time of day that does not exist, and for a time without an offset: that one would be a guess. Written
 * out, since `Date.parse` takes the 30th of February for the 1st of March.
 */
export function parseTime(text: string): number | undefined {
  if (!SHAPE.test(text)) return undefined;
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59)
    return undefined;

  const zoneAt = text.length - 6;
  const sign = text[zoneAt] === '+' ? 1 : text[zoneAt] === '-' ? -1 : 0;
  const offset = sign === 0 ? 0 : two(text, zoneAt + 1) * 60 + two(text, zoneAt + 4);
  if (sign !== 0 && (two(text, zoneAt + 1) > 23 || two(text, zoneAt + 4) > 59)) return undefined;

  const millis =
    text[19] === '.'
      ? Number(
          text
            .slice(20, sign === 0 ? -1 : zoneAt)
            .padEnd(3, '0')
            .slice(0, 3),
        )
      : 0;
  return (
    daysSinceEpoch(year, month, day) * DAY_MS + ((hour * 60 + minute - sign * offset) * 60 + second) * 1000 + millis
  );
}

function two(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : MONTH_DAYS[month - 1]!;
}

/** Of the proleptic Gregorian calendar, for any year: `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}
