/** What the control stream is told of what came of something. Told again it changes nothing, as each has its own id. */
import {
  NAMESPACE,
  problemCode,
  uuidv5,
  type JsonObject,
  type Position,
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
  const code = problemCode(error) ?? 'replay-failed';
  const detail = error instanceof Error && 'detail' in error ? String(error.detail ?? '') : '';
  return { id: randomUUID(), type: 'replay.failed', data: { replay, code, detail } };
}

export function releasedFact(diff: string): VersionFact {
  return { id: idOf('diff.released', diff), type: 'diff.released', data: { diff } };
}

export function madeFact(diff: string, outcome: VersionDiff | { readonly failed: string }): VersionFact {
  const told = 'failed' in outcome ? { failed: outcome.failed } : { report: outcome as VersionDiff & JsonObject };
  return { id: idOf('diff.made', diff), type: 'diff.made', data: { diff, ...told } };
}

function idOf(...names: readonly string[]): string {
  return uuidv5(NAMESPACE.control, names.join(' '));
}
