/** What a comparison may show at most. */
import { problemCode, type VersionDiff } from '@throughline/contracts';
import { exceeded, parseThreshold, type Threshold } from '@throughline/versions';
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

/** @throws Stop (usage) for one that cannot be read, saying what is possible. */
export function readLimits(texts: readonly string[]): readonly Threshold[] {
  return texts.map((text) => asMistake(() => parseThreshold(text)));
}

/** @throws Stop (usage) for a field or metric that neither version has. */
export function exceededOf(limits: readonly Threshold[], report: VersionDiff): readonly Exceeded[] {
  return limits.flatMap((limit) => {
    const found = asMistake(() => exceeded(limit, report));
    return found ? [{ ...found, line: sentence(limit, found.value) }] : [];
  });
}

function sentence({ text, of, limit, isShare }: Threshold, value: number): string {
  if (of.kind === 'folded') return `${text}: the two did not fold the same touchpoints.`;
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
