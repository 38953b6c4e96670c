/** What a comparison may show at most. */
import { problemCode, type IdentityDiff, type VersionDiff } from '@throughline/contracts';
import {
  exceeded,
  exceededByIdentity,
  parseIdentityThreshold,
  parseThreshold,
  type Threshold,
} from '@throughline/versions';
import { EXIT, Stop } from '../exit.ts';
import { figure } from '../terminal/numbers.ts';

export interface Exceeded {
  /** The limit as it was written. */
  readonly text: string;
  readonly value: number;
  readonly limit: number;
  /** The same as a sentence. */
  readonly line: string;
}

/** Finds the limits that a report exceeds. @throws Stop (usage) for a field or metric that neither version has. */
export type Limits<Report> = (report: Report) => readonly Exceeded[];

/** @throws Stop (usage) for one that cannot be read, saying what is possible. */
export function limitsOf(texts: readonly string[]): Limits<VersionDiff> {
  const limits = texts.map((text) => asMistake(() => parseThreshold(text)));
  return (report) =>
    limits.flatMap((limit) => {
      const found = asMistake(() => exceeded(limit, report));
      return found ? [{ ...found, line: sentence(limit, found.value) }] : [];
    });
}

/** The same where identity is compared. */
export function identityLimitsOf(texts: readonly string[]): Limits<IdentityDiff> {
  const limits = texts.map((text) => asMistake(() => parseIdentityThreshold(text)));
  return (report) =>
    limits.flatMap((limit) => {
      const value = exceededByIdentity(limit, report);
      return value === undefined
        ? []
        : [{ text: limit.text, value, limit: limit.limit, line: countSentence(limit, value) }];
    });
}

function sentence(threshold: Threshold, value: number): string {
  if (threshold.of.kind === 'folded') return `${threshold.text}: the two did not fold the same touchpoints.`;
  return countSentence(threshold, value);
}

function countSentence({ text, limit, isShare }: Pick<Threshold, 'text' | 'limit' | 'isShare'>, value: number): string {
  const unit = isShare ? ' %' : '';
  return `${text}: it is ${figure(value)}${unit}, more than ${figure(limit)}${unit}.`;
}

/** A limit that makes no sense is a mistake in the command. */
function asMistake<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (problemCode(error) !== 'invalid-request') throw error;
    throw new Stop(EXIT.usage, (error as { readonly detail?: string }).detail ?? (error as Error).message);
  }
}
