/** Numbers as people and systems write them, read exactly or not at all. */
import { minorDigits } from '@throughline/contracts';

export type DecimalMark = '.' | ',';

interface Digits {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

const GROUPS: Record<DecimalMark, RegExp> = {
  '.': /^\d{1,3}([,'’  \u202f ])\d{3}(\1\d{3})*$/,
  ',': /^\d{1,3}([.'’  \u202f ])\d{3}(\1\d{3})*$/,
};

/** Sign and digits of `1,234.50`, `-3`, `(12.00)`, `12-`; undefined for anything else. Thousands must be grouped by threes. */
function digits(text: string, mark: DecimalMark): Digits | undefined {
  const signed = /^(?:([-+−])\s*([^()]*)|\(([^()]*)\)|([^()]*?)\s*([-+])|([^()]*))$/.exec(text.trim());
  if (!signed) return undefined;
  const negative = signed[3] !== undefined || '-−'.includes(signed[1] ?? signed[5] ?? '+');
  const body = (signed[2] ?? signed[3] ?? signed[4] ?? signed[6])!;
  const at = body.lastIndexOf(mark);
  const whole = at < 0 ? body : body.slice(0, at);
  const fraction = at < 0 ? '' : body.slice(at + 1);
  if (!/^\d*$/.test(fraction) || (whole === '' && fraction === '')) return undefined;
  if (/^\d*$/.test(whole)) return { negative, whole: whole || '0', fraction };
  return GROUPS[mark].test(whole) ? { negative, whole: whole.replace(/\D/g, ''), fraction } : undefined;
}

/** A number; undefined when the text is none. */
export function decimal(text: string, mark: DecimalMark = '.'): number | undefined {
  const found = digits(text, mark);
  if (!found) return undefined;
  const value = Number(`${found.whole}.${found.fraction || '0'}`);
  return Number.isFinite(value) ? (found.negative && value !== 0 ? -value : value) : undefined;
}

/** A whole number; undefined when the text is none, or too large to be held exactly. `12.0` is whole. */
export function integer(text: string, mark: DecimalMark = '.'): number | undefined {
  return scaled(text, 0, mark);
}

/** An amount in minor units, exact to the last digit; undefined when the text is none or has more digits than the currency. */
export function minorUnits(text: string, currency: string, mark: DecimalMark = '.'): number | undefined {
  return scaled(
    text
      .replace(currency, '')
      .replace(/^([-+−(]?)\s*(?:R\$|[A-Z]{0,3}\$|\p{Sc})\s*/u, '$1')
      .replace(/\s*\p{Sc}(?=[-+)]?$)/u, '')
      .trim(),
    minorDigits(currency),
    mark,
  );
}

function scaled(text: string, places: number, mark: DecimalMark): number | undefined {
  const found = digits(text, mark);
  if (!found || /[1-9]/.test(found.fraction.slice(places))) return undefined;
  const value = Number(found.whole + found.fraction.slice(0, places).padEnd(places, '0'));
  return Number.isSafeInteger(value) ? (found.negative && value !== 0 ? -value : value) : undefined;
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
export const isCurrency = (code: string): boolean => CURRENCIES.has(code);

export const DURATION_UNITS = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 } as const;
export type DurationUnit = keyof typeof DURATION_UNITS;

/** Seconds of `00:06:12`, `6:12` (minutes and seconds), `PT6M12S`, or of a plain number in `unit`; undefined for anything else. */
export function duration(text: string, unit: DurationUnit = 's', mark: DecimalMark = '.'): number | undefined {
  const clock = /^(?:(\d+):)?(\d{1,4}):([0-5]\d(?:[.,]\d+)?)$/.exec(text);
  if (clock) {
    const minutes = Number(clock[2]);
    if (clock[1] !== undefined && minutes > 59) return undefined;
    return Number(clock[1] ?? 0) * 3600 + minutes * 60 + Number(clock[3]!.replace(',', '.'));
  }
  const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (iso && /\d/.test(text))
    return Number(iso[1] ?? 0) * 86_400 + Number(iso[2] ?? 0) * 3600 + Number(iso[3] ?? 0) * 60 + Number(iso[4] ?? 0);
  const value = decimal(text, mark);
  return value === undefined || value < 0 ? undefined : unit === 'ms' ? value / 1000 : value * DURATION_UNITS[unit];
}
