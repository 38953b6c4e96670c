import type { ChangesPlace } from '@throughline/changes';
import { versionOf, type Company, type ProjectionOf } from '@throughline/contracts';
import { openLogAt, type Followed, type LogPlace, type LogWriter } from '@throughline/event-log';
import { openPresenceAt, partedVersion, type Sharing, type ViewPlace } from '@throughline/read-model';
import { shareParts } from '../ownership/share-parts.ts';
import type { Relayed } from '../relay-changes.ts';
import { runPart } from './run-part.ts';
import { SharedNews } from './shared-news.ts';

/** What a thread is told of where it runs. */
export interface ProjectionPlace {
  readonly log: LogPlace;
  readonly views: ViewPlace;
  /** How it shares the writing with other replicas; undefined: it is the only one. */
  readonly sharing?: Sharing | undefined;
  readonly company: Company;
  /** Whether whoever looks on wants to know what led to each commit. */
  readonly causes: boolean;
  /** Where channels are told what changes; undefined: nowhere. */
  readonly changes: ChangesPlace | undefined;
}

/** What a thread tells of its projection. */
export type ProjectionNews =
  | { readonly followed: Followed }
  | { readonly relayed: Relayed }
  | { /** The parts that this replica writes from here on. */ readonly share: readonly number[] };

/** Runs a projection on the engines it is told of until the signal aborts, and closes what it opened. */
export async function runThere<F, V>(
  projection: ProjectionOf<F, V>,
  { log: logPlace, views, sharing, company, causes, changes }: ProjectionPlace,
  writer: LogWriter,
  signal: AbortSignal,
  tell?: (news: ProjectionNews) => void,
): Promise<void> {
  const definition = projection(company);
  const log = await openLogAt(logPlace);
  const work = { definition, log, writer, views, changes, causes };
  try {
    if (!sharing || views.engine === 'embedded') {
      return await runPart({
        ...work,
        owned: undefined,
        signal,
        onFollowed: (followed) => tell?.({ followed }),
        onRelayed: (relayed) => tell?.({ relayed }),
      });
    }
    const version = partedVersion(versionOf(definition), sharing.parts);
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
            owned: { part, token },
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
  } finally {
    await log.close();
  }
}
