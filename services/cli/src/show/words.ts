/** How views' figures are said in a terminal. */
import { paint } from '../terminal/style.ts';

/** A ruler of `width` characters that is filled up to `share`. */
export function bar(share: number, width: number): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * width);
  return `${'█'.repeat(full)}${paint.dim('░'.repeat(width - full))}`;
}

/** Good in green, bad in red; the middle as it is. @param score 0 to 100. */
export function byScore(score: number, text: string): string {
  return score >= 60 ? paint.green(text) : score < 40 ? paint.red(text) : text;
}

/** `+1.20`, `−0.35`. */
export function signed(points: number): string {
  const text = `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)}`;
  return points > 0 ? paint.green(text) : points < 0 ? paint.red(text) : paint.dim(text);
}

export function fit(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** Lines of at most `width` characters, broken between words; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(fit(word, width));
  }
  return lines;
}

/** `2026-03-01`. */
export const day = (time: string | number): string => new Date(time).toISOString().slice(0, 10);

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
