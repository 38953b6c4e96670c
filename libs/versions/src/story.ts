import { type Documents, type JsonObject, type Position, type VersionEventType } from '@throughline/contracts';
import type { VersionsState } from './ledger.ts';

/** What readers were given, from when to when. */
export interface Reign {
  /** As it was called then; undefined for the shipped definitions, as long as nothing was promoted. */
  readonly version: string | undefined;
  readonly documents: Documents;
  /** Epoch ms, and where in the log; undefined: from the start. */
  readonly from: number | undefined;
  readonly position: Position | undefined;
  /** Epoch ms; undefined: to this day. */
  readonly until: number | undefined;
  readonly by: 'shipped' | 'promotion' | 'rollback';
  readonly author: string | undefined;
  readonly reason: string | undefined;
}

/** One thing that happened. */
export interface StoryEntry {
  readonly id: string;
  readonly type: VersionEventType;
  /** Epoch ms. */
  readonly recordedAt: number;
  readonly position: Position;
  /** As in the event; of a comparison without its report, which is asked for by itself. */
  readonly data: JsonObject;
}

/** Who did what, when and why, and what readers were given meanwhile: both in the order of the log. */
export interface Story {
  readonly reigns: readonly Reign[];
  readonly events: readonly StoryEntry[];
}

export function story(state: VersionsState): Story {
  const events = Array.from(state.recorded.values(), ({ id, type, recordedAt, position, data }) => {
    const { report: _, ...rest } = data as JsonObject;
    return { id, type, recordedAt, position, data: rest };
  });
  return { reigns: reigns(state), events };
}

/** Which definitions readers were given at a moment (epoch ms): those that were live as its millisecond ended. */
export function documentsAt(state: VersionsState, ms: number): Documents {
  return reigns(state).findLast(({ from }) => from === undefined || from <= ms)!.documents;
}

function reigns({ recorded }: VersionsState): readonly Reign[] {
  const all: Reign[] = [
    {
      version: undefined,
      documents: {},
      from: undefined,
      position: undefined,
      until: undefined,
      by: 'shipped',
      author: undefined,
      reason: undefined,
    },
  ];
  for (const event of recorded.values()) {
    if (event.type !== 'version.promoted' && event.type !== 'version.rolled-back') continue;
    const { recordedAt, position, data } = event;
    const before = all.pop()!;
    all.push({ ...before, version: before.version ?? data.from, until: recordedAt });
    all.push({
      version: data.to,
      documents: data.documents,
      from: recordedAt,
      position,
      until: undefined,
      by: event.type === 'version.promoted' ? 'promotion' : 'rollback',
      author: data.author,
      reason: data.reason,
    });
  }
  return all;
}
