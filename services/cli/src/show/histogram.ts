/** Counts as bars beside each other's labels. */
import { count } from '../terminal/numbers.ts';

/** What bars are drawn with: eighths of a block where a person looks, signs of any keyboard elsewhere. */
export interface Ink {
  readonly full: string;
  /** From the least to the greatest part of one `full`. */
  readonly parts: readonly string[];
}

export const BLOCKS: Ink = { full: '█', parts: ['▏', '▎', '▍', '▌', '▋', '▊', '▉'] };
export const ASCII: Ink = { full: '#', parts: [] };

export interface Bar {
  readonly label: string;
  readonly n: number;
}

const LONGEST = 48;

/** One line a bar, the greatest as long as may be; what is there at all is seen. */
export function histogram(bars: readonly Bar[], ink: Ink): string {
  const greatest = Math.max(1, ...bars.map(({ n }) => n));
  const labels = Math.max(0, ...bars.map(({ label }) => label.length));
  const counts = Math.max(0, ...bars.map(({ n }) => count(n).length));
  return bars
    .map(({ label, n }) =>
      `  ${label.padStart(labels)}  ${count(n).padStart(counts)}  ${drawn((LONGEST * n) / greatest, n > 0, ink)}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function drawn(length: number, isAny: boolean, { full, parts }: Ink): string {
  const steps = parts.length + 1;
  const eighths = Math.max(isAny ? 1 : 0, Math.round(length * steps));
  const rest = eighths % steps;
  return full.repeat(Math.floor(eighths / steps)) + (rest > 0 ? parts[rest - 1]! : '');
}
