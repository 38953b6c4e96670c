/** Figures as people read them. */
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const count = (n: number): string => whole.format(n);

/** A figure with as many digits as say something. */
export function figure(value: number): string {
  if (Number.isInteger(value)) return whole.format(value);
  const digits = Math.abs(value) >= 100 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `+1,200`, `−0.35`, `0`: as many digits as say something of a change. */
export function change(value: number): string {
  const size = Math.abs(value);
  const text = size.toLocaleString(
    'en-US',
    size >= 1 ? { maximumFractionDigits: 2 } : { maximumSignificantDigits: 2, maximumFractionDigits: 6 },
  );
  return value < 0 ? `−${text}` : value > 0 ? `+${text}` : '0';
}

/** `1.2 GB`, `640 kB`. */
export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, n < 1 ? 0 : Math.floor(Math.log10(n) / 3));
  return `${(n / 1000 ** power).toLocaleString('en-US', { maximumSignificantDigits: 3 })} ${units[power]}`;
}

/** `2 h 05 min`, `3 min 12 s`, `4.2 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${pad(s % 60)} s`;
  return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} min`;
}

export function money({ minor, currency }: { readonly minor: number; readonly currency: string }): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency, currencyDisplay: 'code' });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits).replaceAll(' ', ' ');
}

const pad = (n: number) => String(n).padStart(2, '0');
