/** What the control stream is told of what came of something. Told again it changes nothing, as each has its own id. */
import {
  NAMESPACE,
  problemCode,
  uuidv5,
  type ComparisonReport,
  type IdentityDiff,
  type Position,
  type ProblemCode,
  type ThroughlineError,
  type VersionDiff,
} from '@throughline/contracts';
import type { VersionFact } from '@throughline/versions';
import { randomUUID } from 'node:crypto';
import type { BuiltVersion } from './tasks.ts';

export function builtFact(
  replay: string,
  version: string,
  through: Position,
  { tally, customers, seconds }: BuiltVersion,
): VersionFact {
  const data = { replay, version, through, tally: { ...tally }, customers, seconds };
  return { id: idOf('replay.built', replay, version), type: 'replay.built', data };
}

/** It can be resumed and fail again: each time is another. */
export function failedFact(replay: string, error: unknown): VersionFact {
  const { code, detail } = toldOf(error, 'replay-failed');
  return { id: randomUUID(), type: 'replay.failed', data: { replay, code, detail } };
}

/** A projection has folded, by the decisions of identity's new version, all that is before the switch. */
export function readyFact(of: string, projection: string): VersionFact {
  return { id: idOf('views.ready', of, projection), type: 'views.ready', data: { switch: of, projection } };
}

export function releasedFact(diff: string): VersionFact {
  return { id: idOf('diff.released', diff), type: 'diff.released', data: { diff } };
}

export function madeFact(diff: string, report: VersionDiff | IdentityDiff): VersionFact {
  const data = { diff, report: report as ComparisonReport };
  return { id: idOf('diff.made', diff), type: 'diff.made', data };
}

export function notMadeFact(diff: string, error: unknown): VersionFact {
  const { code: failed, detail } = toldOf(error, 'diff-failed');
  return { id: idOf('diff.made', diff), type: 'diff.made', data: { diff, failed, detail } };
}

/** What is not in the catalogue is told by its kind alone: its message may quote what it could not read. */
function toldOf(error: unknown, otherwise: ProblemCode): { readonly code: ProblemCode; readonly detail: string } {
  const code = problemCode(error);
  if (code === undefined) return { code: otherwise, detail: error instanceof Error ? error.name : '' };
  return { code, detail: (error as ThroughlineError).detail ?? '' };
}

function idOf(...names: readonly string[]): string {
  return uuidv5(NAMESPACE.control, names.join(' '));
}
