/** Why one customer's score is another under another definition: the parts of both explanations, against each other. */
import type { IndexValue } from '@throughline/contracts';
import type { Explanation } from '../api/answers.ts';

/** A customer whom a new version moves, and what moves them. */
export interface ExplainedMover {
  readonly customer: string;
  readonly from: IndexValue | null;
  readonly to: IndexValue | null;
  /** The strongest first; none where nobody explains the field. */
  readonly parts: readonly MovedPart[];
}

/** What one reason adds to the score in either version; absent where it is no evidence there. */
export interface MovedPart {
  readonly why: string;
  readonly day?: string;
  readonly from?: number;
  readonly to?: number;
}

/** @returns the parts that differ, the strongest difference first. */
export function movedParts(before: Explanation, after: Explanation): MovedPart[] {
  const parts = new Map<string, { why: string; day?: string; from?: number; to?: number }>();
  const enter = (side: 'from' | 'to', { prior, parts: told }: Explanation) => {
    add(parts, '', { why: 'before anything is known' }, side, prior);
    for (const { id, occurredAt, reasons } of told)
      for (const { signal, why, points } of reasons) {
        if (points !== undefined) add(parts, `${id} ${signal}`, { why, day: occurredAt.slice(0, 10) }, side, points);
      }
  };
  enter('from', before);
  enter('to', after);
  return [...parts.values()].filter((part) => moved(part) >= 0.005).sort((a, b) => moved(b) - moved(a));
}

function add(
  parts: Map<string, { why: string; day?: string; from?: number; to?: number }>,
  key: string,
  told: { readonly why: string; readonly day?: string },
  side: 'from' | 'to',
  points: number,
): void {
  const part = parts.get(key) ?? { ...told };
  part[side] = (part[side] ?? 0) + points;
  parts.set(key, part);
}

const moved = ({ from = 0, to = 0 }: MovedPart): number => Math.abs(to - from);
