import { IDENTITY, problemCode, projectionStream, type Documents, type IdentityGraph } from '@throughline/contracts';
import { FoldedStream, type LogReader } from '@throughline/event-log';
import {
  openIdentityAt,
  type IdentityAt,
  type IdentityProgress,
  type IdentityReader,
  type ViewPlace,
} from '@throughline/read-model';
import {
  documentsOfIdentity,
  evolveVersions,
  identitiesOf,
  initialVersions,
  rulesVersion,
  type Recorded,
  type VersionsState,
} from '@throughline/versions';

/** One version of identity, for the length of a question. */
export interface OneIdentity {
  /** `v1` for the shipped rules. */
  readonly version: string;
  /** What it decides by, where that is not shipped. */
  readonly documents: Documents;
  readonly reader: Pick<IdentityReader, 'progress' | 'ask'>;
}

/** Identity as views are read by it, whichever version that is by now. */
export interface ShownIdentity extends IdentityReader {
  /** Not to be closed. */
  current(): Promise<OneIdentity>;
  /** How far any version of identity has decided; from nothing, where there is nothing of it. */
  progressOf(version: string): Promise<IdentityProgress>;
}

/** How long a switch may go unseen, milliseconds. */
const LOOK_AGAIN = 200;
/** How long a question to the version before may take. */
const CLOSE_AFTER = 60_000;

export interface OpenShownIdentity {
  readonly log: Pick<LogReader, 'readStream'>;
  readonly views: ViewPlace;
  /** Of identity by the shipped rules. */
  readonly dir: IdentityAt['dir'];
}

/** Opens identity for reading: the version that its control stream says views are read by. */
export async function openShownIdentity(options: OpenShownIdentity): Promise<ShownIdentity> {
  const shown = new FollowedIdentity(options);
  await shown.current();
  return shown;
}

class FollowedIdentity implements ShownIdentity {
  readonly #options: OpenShownIdentity;
  readonly #versions: FoldedStream<VersionsState>;
  #shown: (OneIdentity & { readonly reader: IdentityReader }) | undefined;
  #looked = -Infinity;
  #looking: Promise<void> | undefined;

  constructor(options: OpenShownIdentity) {
    this.#options = options;
    this.#versions = new FoldedStream(options.log, projectionStream(IDENTITY), initialVersions(), (state, event) =>
      evolveVersions(state, event as unknown as Recorded),
    );
  }

  async current(): Promise<OneIdentity & { readonly reader: IdentityReader }> {
    if (performance.now() - this.#looked >= LOOK_AGAIN) {
      this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    }
    await this.#looking;
    return this.#shown!;
  }

  async progress(): Promise<IdentityProgress> {
    return (await this.current()).reader.progress();
  }

  async ask<T>(question: (graph: IdentityGraph) => T): Promise<T> {
    return (await this.current()).reader.ask(question);
  }

  async progressOf(version: string): Promise<IdentityProgress> {
    const { views, dir } = this.#options;
    const reader = await openIdentityAt(views, { dir, rules: rulesVersion(version) });
    return await reader.progress().finally(() => reader.close());
  }

  async close(): Promise<void> {
    await this.#looking?.catch(() => undefined);
    await this.#shown?.reader.close();
  }

  async #look(): Promise<void> {
    const { views, dir } = this.#options;
    await this.#versions.catchUp().catch((error: unknown) => {
      // While the log cannot be reached, nothing new was said by it.
      if (problemCode(error) !== 'log-unavailable') throw error;
    });
    const { state } = this.#versions;
    const { shown: version } = identitiesOf(state);
    this.#looked = performance.now();
    const before = this.#shown;
    if (before?.version === version) return;
    const reader = await openIdentityAt(views, { dir, rules: rulesVersion(version) });
    this.#shown = { version, documents: documentsOfIdentity(state, version), reader };
    if (before) setTimeout(() => void before.reader.close(), CLOSE_AFTER).unref();
  }
}
