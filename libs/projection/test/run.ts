import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CustomerChange, versionOf } from '@throughline/contracts';
import type { LogReader, LogWriter, Watch } from '@throughline/event-log';
import { EmbeddedViewStore, openViewReader, type ViewChanges, type ViewStore } from '@throughline/read-model';
import { runProjection, type Limits, type ProjectionReport } from '../src/index.ts';
import { stateOf, type State } from './state.ts';
import { tally } from './tally.ts';

/** Runs something with a folder of its own, gone afterwards. */
export async function inFolder<T>(body: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'projection-'));
  try {
    return await body(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export interface Run {
  readonly dir: string;
  readonly log: LogReader;
  readonly writer?: LogWriter;
  readonly limits?: Partial<Limits>;
  readonly definition?: typeof tally;
  /** How many commits succeed before the process "dies": once before a commit, once right behind it. */
  readonly commits?: number;
  readonly tells?: boolean;
  readonly watch?: Watch;
}

/** Runs the tally until readers are told of everything in the log, or until it dies. */
export async function runTally({
  dir,
  log,
  writer,
  limits,
  commits,
  tells = false,
  watch,
  definition = tally,
}: Run): Promise<void> {
  const version = versionOf(definition);
  const store = new EmbeddedViewStore({ dir, projection: 'tally', version });
  const head = await log.head();
  const stop = new AbortController();
  const done = ({ position, promoted }: ProjectionReport) => promoted && position >= head && stop.abort();
  try {
    if ((await store.progress()).position >= head && store.promoted) return;
    const dying = commits === undefined ? store : diesAfter(store, commits);
    await runProjection({
      definition,
      log,
      writer,
      store: dying,
      signal: stop.signal,
      tells,
      watch,
      onProgress: done,
      limits: { pace: 0, paceBeside: 0, ...limits },
    });
  } finally {
    await store.close();
  }
}

export async function readTally(dir: string, ids: readonly string[]): Promise<State> {
  const view = openViewReader({ dir, projection: 'tally' });
  try {
    return await stateOf(view, ids);
  } finally {
    await view.close();
  }
}

export class Died extends Error {}

/** A store that loses its process at the n-th commit: an even n before it is written, an odd one after. */
function diesAfter(store: ViewStore, commits: number): ViewStore {
  let left = commits;
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'commit') return typeof value === 'function' ? value.bind(target) : value;
      return async (changes: ViewChanges<unknown>) => {
        if (left <= 1 && commits % 2 === 0) throw new Died();
        await target.commit(changes);
        if (--left <= 0) throw new Died();
      };
    },
  });
}

/** What waits in the tally's outbox, in order. */
export async function toldByTally(dir: string, definition = tally): Promise<readonly CustomerChange[]> {
  const store = new EmbeddedViewStore({ dir, projection: 'tally', version: versionOf(definition) });
  const waiting = await store.waiting(100_000);
  await store.close();
  return waiting.map(({ change }) => change);
}
