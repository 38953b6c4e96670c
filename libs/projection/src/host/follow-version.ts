import type { ProjectionDefinition } from '@throughline/contracts';
import { openPresenceAt, partedVersion } from '@throughline/read-model';
import { shareParts } from '../ownership/share-parts.ts';
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
  const { views, sharing, changes, causes } = place;
  const work = { definition, documents, serves, since, log, writer, views, changes, causes };
  if (!sharing || views.engine === 'embedded') {
    return runPart({
      ...work,
      version: name,
      owned: undefined,
      signal,
      onFollowed: (followed) => tell?.({ followed }),
      onRelayed: (relayed) => tell?.({ relayed }),
    });
  }
  const version = partedVersion(name, sharing.parts);
  const news = new SharedNews();
  const { presence, close } = await openPresenceAt(views, `${definition.name}:${version}`);
  try {
    await shareParts({
      log,
      writer,
      presence,
      replica: sharing.replica,
      projection: definition.name,
      version,
      parts: sharing.parts,
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
  } finally {
    await close();
  }
}
