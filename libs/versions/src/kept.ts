import { buildOf, hashOf, ThroughlineError, type Documents } from '@throughline/contracts';
import { openReplay, type Replay, type Role, type VersionsState } from './ledger.ts';

/**
 * `versionOf` the projection that these documents make, by the code that runs.
 *
 * @throws ThroughlineError `invalid-definition` for documents that this code does not take.
 */
export type HashOfDocuments = (documents: Documents) => string;

/** A version that is to be there. All others are to be removed. */
export interface Kept {
  /** What the code that runs calls it. */
  readonly version: string;
  readonly documents: Documents;
  readonly role: Role;
  /** Epoch ms of the event that gave it this role; undefined where it has it from the start. */
  readonly since: number | undefined;
  /** The replay that builds or built it; undefined for the shipped definitions of before any promotion. */
  readonly replay: Replay | undefined;
  /**
   * A candidate is built (by other code than runs now is not enough), or its building rests (paused or failed). All others follow the log.
   */
  readonly does: 'follow' | 'build' | 'rest';
  /** Why the code that runs does not take its definitions, as other code did: it rests, under the name it had. */
  readonly refused?: ThroughlineError;
}

/**
 * The versions that are kept, the live one first, and what each is called.
 *
 * A version's name holds a hash of the code that made it. When other code runs, the same definitions have another name: every version that is kept
 * is then called by its definitions' hash of now, its build's number kept (`<hash>.2`), and is built anew under that name. Should two of
 * them have come to the same (a candidate's definitions are now the shipped ones, say), the later in this list takes the next free number.
 */
export function keptVersions(state: VersionsState, hash: HashOfDocuments): readonly Kept[] {
  const { live, previous } = state;
  const open = openReplay(state);
  const replayOf = (id: string | undefined) => (id === undefined ? undefined : state.replays.get(id));
  const shipped = { version: '', documents: {}, replay: undefined, since: undefined };
  const kept: Kept[] = [{ ...(live ?? shipped), replay: replayOf(live?.replay), role: 'live', does: 'follow' }];
  if (previous) kept.push({ ...previous, replay: replayOf(previous.replay), role: 'previous', does: 'follow' });
  if (open) {
    const { version, documents, since } = open;
    const name = open.built?.version ?? version;
    const does = open.state === 'paused' || open.state === 'failed' ? 'rest' : 'build';
    kept.push({ version: name, documents, replay: open, since, role: 'candidate', does });
  }
  return named(kept, hash).map((each) => (isBuilt(each) ? { ...each, does: 'follow' } : each));
}

/** By the code that runs. */
function isBuilt({ role, replay, version, refused }: Kept): boolean {
  if (refused) return false;
  return role !== 'candidate' || (replay?.state === 'built' && replay.built?.version === version);
}

/** The one that readers are given. */
export function liveVersion(state: VersionsState, hash: HashOfDocuments): Kept {
  return keptVersions(state, hash)[0]!;
}

function named(kept: readonly Kept[], hash: HashOfDocuments): readonly Kept[] {
  const hashes = kept.map(({ documents }) => hashOrRefusal(hash, documents));
  const isOfThisCode = (i: number) => hashOf(kept[i]!.version) === hashes[i];
  const taken = new Set(kept.filter((_, i) => isOfThisCode(i)).map(({ version }) => version));
  return kept.map((each, i) => {
    const now = hashes[i]!;
    if (typeof now !== 'string') return { ...each, does: 'rest', refused: now };
    if (isOfThisCode(i)) return each;
    const same = now + each.version.slice(hashOf(each.version).length);
    const version = taken.has(same) ? freeBuild(now, taken) : same;
    taken.add(version);
    return { ...each, version };
  });
}

function hashOrRefusal(hash: HashOfDocuments, documents: Documents): string | ThroughlineError {
  try {
    return hash(documents);
  } catch (error) {
    if (error instanceof ThroughlineError && error.code === 'invalid-definition') return error;
    throw error;
  }
}

/** The first build of these definitions whose name is not taken. */
export function freeBuild(hash: string, taken: ReadonlySet<string>): string {
  let n = 1;
  while (taken.has(buildOf(hash, n))) n++;
  return buildOf(hash, n);
}
