import { problemCode, START } from '@throughline/contracts';
import { versionAlong, type VersionShelf } from '@throughline/read-model';
import { rulesVersion, type Identities, type Kept } from '@throughline/versions';

/** A version as it is kept in the store: by its definitions, along the decisions of one version of identity. ADR 15. */
export interface Along extends Kept {
  /** Its name there, without parts. */
  readonly stored: string;
  /** Whether readers are to be given views by this version of identity. */
  readonly isShown: boolean;
}

/**
 * What is to be in the store, the version that readers are given first. That one is kept along every version of identity that readers may be given
 * next or again; the others along the one that they are given.
 */
export function keptAlong(kept: readonly Kept[], { shown, kept: identities }: Identities): readonly Along[] {
  const along = (each: Kept, identity: string): Along => ({
    ...each,
    stored: versionAlong(each.version, rulesVersion(identity)),
    isShown: identity === shown,
  });
  const [live, ...others] = kept;
  return [
    ...[shown, ...identities.filter((name) => name !== shown)].map((name) => along(live!, name)),
    ...others.map((each) => along(each, shown)),
  ];
}

/** Whether only a slice of it was built, to be compared: nobody follows the log with that. */
export function isSample({ role, replay }: Pick<Along, 'role' | 'replay'>): boolean {
  return role === 'candidate' && replay?.sample !== undefined;
}

/** Which versions have been built, so that they can be followed. */
export class Prepared {
  readonly #shelf: Pick<VersionShelf, 'current' | 'open'>;
  readonly #inStore: (version: string) => string;
  readonly #known = new Set<string>();

  /** @param inStore The version's name with its parts. */
  constructor(shelf: Pick<VersionShelf, 'current' | 'open'>, inStore: (version: string) => string) {
    this.#shelf = shelf;
    this.#inStore = inStore;
  }

  /** Whether there is something to go on from: a build leaves no checkpoint before its last commit. */
  async has({ stored }: Pick<Along, 'stored'>): Promise<boolean> {
    if (this.#known.has(stored)) return true;
    const opened = await this.#shelf.open(this.#inStore(stored));
    if (!opened) return false;
    try {
      const { position } = await opened.reader.progress();
      if (position === START) return false;
    } catch (error) {
      // Not every part of it is there.
      if (problemCode(error) === 'view-rebuilding') return false;
      throw error;
    } finally {
      await opened.close();
    }
    this.#known.add(stored);
    return true;
  }

  /**
   * Whether it must be built before it can be followed. With nothing to go on from, the version that readers are to be given follows from the log's
   * beginning, so that they are given something soon; unless they are given another one meanwhile, as when other code has begun to run.
   */
  async lacks(along: Along, isLive: boolean): Promise<boolean> {
    if (along.does !== 'follow' || isSample(along) || (await this.has(along))) return false;
    if (!isLive) return true;
    const current = await this.#shelf.current();
    return current !== undefined && current !== this.#inStore(along.stored);
  }

  /** Forgets those that are kept no longer. */
  keep(along: readonly Along[]): void {
    const names = new Set(along.map(({ stored }) => stored));
    for (const name of this.#known) if (!names.has(name)) this.#known.delete(name);
  }
}
