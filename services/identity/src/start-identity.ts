import { join } from 'node:path';
import type { LogWriter, Watch } from '@throughline/event-log';
import { startThread, type Running } from '@throughline/projection';
import { runThere, type IdentityNews, type IdentityPlace } from './run-there.ts';

export interface StartIdentity extends Omit<IdentityPlace, 'causes'> {
  /** The thread appends its decisions through it. */
  readonly writer: LogWriter;
  /** Told of each commit. */
  readonly watch?: Watch;
  /** Told which shards of the work this replica does, there being one, where it stands by with others. */
  readonly onShare?: (shards: readonly number[]) => void;
}

const SCRIPT = new URL('./worker.js', import.meta.url);

/** Where identity's graph is kept under a data folder. */
export function identityFolder(data: string): string {
  return join(data, 'identity');
}

/** Runs identity in a thread of its own. */
export function startIdentity({ writer, watch, onShare, log, graph, views, sharing, secret }: StartIdentity): Running {
  const place: IdentityPlace = { log, graph, views, sharing, secret, causes: watch?.causes ?? false };
  const onNews = (news: IdentityNews) => {
    if ('followed' in news) watch?.onFollowed(news.followed);
    else onShare?.(news.decides ? [0] : []);
  };
  return startThread({
    script: SCRIPT,
    work: runThere,
    data: place,
    writer,
    onNews: watch || onShare ? onNews : undefined,
  });
}
