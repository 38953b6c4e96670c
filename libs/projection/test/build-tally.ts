import { join } from 'node:path';
import { versionOf, type Position, type Sample } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import { EmbeddedViewStore, type ViewChanges, type ViewStore } from '@throughline/read-model';
import { Brake } from '../src/build/brake.ts';
import { buildVersion, type Built } from '../src/build/build-version.ts';
import { crewHere } from '../src/build/crew.ts';
import { DEFAULT_BUILD_LIMITS } from '../src/build/limits.ts';
import type { BuildProgress } from '../src/build/meter.ts';
import type { BuildLimits } from '../src/build/task.ts';
import { Died } from './run.ts';
import { tally, type TallyFragment } from './tally.ts';

const TOKEN = 7;

export interface BuildTally {
  readonly dir: string;
  /** Each in a folder of its own, as `partDir` has it. */
  readonly parts?: number;
  readonly log: LogReader;
  readonly upTo: Position;
  readonly workers?: number;
  readonly limits?: Partial<BuildLimits>;
  readonly heapUsed?: () => number;
  readonly sample?: Sample;
  /** At which commit, of all workers together, the process "dies": at one of an even number before it is written, at others right behind it. */
  readonly commits?: number;
  readonly brake?: Brake;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BuildProgress) => void;
}

/** Builds the tally, with each worker writing through a store of its own. */
export async function buildTally(build: BuildTally): Promise<Built | undefined> {
  const { dir, parts = 1, log, upTo, workers = 1, sample, commits, heapUsed, onProgress } = build;
  const { brake = new Brake(), signal = new AbortController().signal } = build;
  const limits = { ...DEFAULT_BUILD_LIMITS, ...build.limits };
  const death = { left: commits ?? Number.POSITIVE_INFINITY, before: (commits ?? 0) % 2 === 0 };
  const opened: ViewStore[] = [];
  const open = () =>
    Array.from({ length: parts }, (_, part) => {
      const place = { dir: partDir(dir, part), projection: 'tally', version: versionOf(tally) };
      const store = new EmbeddedViewStore({ ...place, token: TOKEN });
      opened.push(store);
      return diesWith(store, death);
    });
  try {
    const crews = Array.from({ length: workers }, () =>
      crewHere({ definition: tally, log, stores: open(), brake, limits, ...(heapUsed && { heapUsed }) }),
    );
    const idle = [...crews];
    const crew = {
      size: workers,
      async run(...task: Parameters<(typeof crews)[0]['run']>) {
        const worker = idle.shift()!;
        try {
          return await worker.run(...task);
        } finally {
          idle.push(worker);
        }
      },
    } as (typeof crews)[0];
    return await buildVersion({ log, stores: open(), crew, brake, limits, upTo, sample, signal, onProgress });
  } finally {
    for (const store of opened) await store.close();
  }
}

export function partDir(dir: string, part: number): string {
  return part === 0 ? dir : join(dir, `part-${part}`);
}

/** All stores of one process lose it at the same commit. */
function diesWith(store: ViewStore, death: { left: number; readonly before: boolean }): ViewStore {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'commit') return typeof value === 'function' ? value.bind(target) : value;
      return async (changes: ViewChanges<unknown>) => {
        if (death.left <= 0) throw new Died();
        const last = --death.left === 0;
        if (last && death.before) throw new Died();
        await target.commit(changes);
        if (last) throw new Died();
      };
    },
  });
}

/** All that a store holds of these ids. */
export async function rowsOf(dir: string, ids: readonly string[]) {
  const store = new EmbeddedViewStore({ dir, projection: 'tally', version: versionOf(tally) });
  try {
    const subjects = await store.subjects<TallyFragment>(ids);
    const members = await store.members(ids);
    return {
      checkpoint: await store.checkpoint(),
      progress: await store.progress(),
      subjects: subjects.map((row) => {
        const { parked, uncounted } = row ?? {};
        const [parkedThen, uncountedThen] = [parked, uncounted].map((ids) => ids && [...ids].sort());
        return row && { ...row, parked: parkedThen, uncounted: uncountedThen };
      }),
      standing: await store.standing(ids),
      members: members.map((keys) => keys?.map(({ key, type }) => `${type} ${key}`).sort()),
      moves: await store.moves(),
      parked: await store.parkedCount(),
      touched: await store.touched(1_000),
    };
  } finally {
    await store.close();
  }
}
