import type { ProjectionDefinition } from '@throughline/contracts';
import { partedVersion } from '@throughline/read-model';
import { amongReplicas, shareAmong } from '../ownership/among-replicas.ts';
import { runPart } from './run-part.ts';
import { SharedNews } from './shared-news.ts';
import type { FollowTask, TaskOn } from './tasks.ts';

/** Whoever follows the log with a version fences its builders off, whose tokens are claims of another stream. */
const ABOVE_BUILDERS = 2 ** 40;

/** Keeps a version along the log, or this replica's share of it, until the signal aborts. */
export async function followVersion<F, V>(
  definition: ProjectionDefinition<F, V>,
  { version: name, documents, serves, since }: FollowTask,
  { log, writer, place, signal, tell }: TaskOn,
): Promise<void> {
  const { views, changes, causes } = place;
  const work = { definition, documents, serves, since, log, writer, views, changes, causes };
  const among = amongReplicas(place);
  if (!among) {
    return runPart({
      ...work,
      version: name,
      owned: undefined,
      signal,
      onFollowed: (followed) => tell?.({ followed }),
      onRelayed: (relayed) => tell?.({ relayed }),
    });
  }
  const { parts } = among.sharing;
  const version = partedVersion(name, parts);
  const news = new SharedNews();
  return shareAmong(among, {
    log,
    writer,
    projection: definition.name,
    version,
    parts,
    signal,
    run: (part, token, signal) =>
      runPart({
        ...work,
        version,
        owned: { part, token: ABOVE_BUILDERS + token },
        signal,
        onFollowed: (followed) => tell?.({ followed: news.followed(part.index, followed) }),
        onRelayed: (relayed) => tell?.({ relayed: news.relayed(part.index, relayed) }),
      }),
    onShare(share) {
      news.share(share);
      tell?.({ share });
    },
  });
}
