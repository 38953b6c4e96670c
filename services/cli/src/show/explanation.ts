/** Why a score is what it is, as text: the parts add up to it. */
import type { Explanation } from '../api/answers.ts';
import { paint } from '../terminal/style.ts';
import { day, fit, signed } from './words.ts';

const WHY = 44;

/** @param most so many parts, those that move the score most; the rest as one line. */
export function explanationText({ prior, score, parts, definition, day: at }: Explanation, most = 12): string {
  if (score === undefined) {
    return `${paint.bold('No score yet')}: there is too little evidence, and silence is not an average experience.\n${paint.dim(`${definition}, as of ${at}`)}\n`;
  }
  const told = parts.filter((part) => part.points !== undefined && part.reasons.length > 0);
  const strongest = [...told].sort((a, b) => Math.abs(b.points!) - Math.abs(a.points!)).slice(0, most);
  const shown = new Set(strongest);
  const rest = told.filter((part) => !shown.has(part));
  const line = (points: string, what: string) => `  ${points}  ${what}\n`;
  let text = `${paint.bold(`Why the score is ${score.toFixed(2)}`)}  ${paint.dim(`${definition}, as of ${at}`)}\n`;
  text += line(prior.toFixed(2).padStart(6), paint.dim('before anything is known'));
  for (const part of told) {
    if (!shown.has(part)) continue;
    const why = part.reasons.map((reason) => reason.why).join('; ');
    text += line(
      padPoints(part.points!),
      `${paint.dim(day(part.occurredAt))}  ${part.type.padEnd(18)} ${fit(why, WHY)}`,
    );
  }
  if (rest.length > 0)
    text += line(
      padPoints(rest.reduce((sum, part) => sum + part.points!, 0)),
      paint.dim(`${rest.length} more, each of less weight`),
    );
  text += `  ${paint.dim('──────')}\n`;
  return text + line(paint.bold(score.toFixed(2).padStart(6)), paint.dim('their score: the parts add up to it'));
}

const padPoints = (points: number) =>
  `${' '.repeat(Math.max(0, 6 - (Math.abs(points).toFixed(2).length + 1)))}${signed(Math.round(points * 100) / 100)}`;
