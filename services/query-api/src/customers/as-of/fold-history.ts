import type { ProjectionDefinition, Touchpoint } from '@throughline/contracts';

/** What one projection makes of a history. */
export interface FoldedHistory<F> {
  readonly fragment: F;
  /** Ids of touchpoints that could not be folded, and are left out. */
  readonly failed: readonly string[];
}

/** A projection that folds; of whatever its fragments are. */
export type Folder = ProjectionDefinition<unknown, never>['fragment'];

/**
 * Folds a history for several projections at once, whatever its length keeping nothing but their fragments. Folds are mergeable, so
 * the whole customer is folded into one fragment each.
 *
 * @param history Gives the same each time it is asked: once, and once more where something in it cannot be folded.
 */
export async function foldHistory(
  history: () => AsyncIterable<Touchpoint>,
  folders: readonly Folder[],
): Promise<readonly FoldedHistory<unknown>[]> {
  return (await foldPlainly(history(), folders)) ?? (await foldCarefully(history(), folders));
}

/** Undefined when a fold throws: its fragment is then of no more use. */
async function foldPlainly(
  history: AsyncIterable<Touchpoint>,
  folders: readonly Folder[],
): Promise<readonly FoldedHistory<unknown>[] | undefined> {
  const fragments = folders.map((folder) => folder.empty());
  for await (const touchpoint of history) {
    for (const [i, folder] of folders.entries()) {
      try {
        fragments[i] = folder.apply(fragments[i], touchpoint);
      } catch {
        return undefined;
      }
    }
  }
  return fragments.map((fragment) => ({ fragment, failed: [] }));
}

/** What cannot be folded into nothing cannot be folded: a fold depends on the touchpoint alone. */
async function foldCarefully(
  history: AsyncIterable<Touchpoint>,
  folders: readonly Folder[],
): Promise<readonly FoldedHistory<unknown>[]> {
  const folded = folders.map((folder) => ({ folder, fragment: folder.empty(), failed: [] as string[] }));
  for await (const touchpoint of history) {
    for (const each of folded) {
      if (canBeFolded(each.folder, touchpoint)) each.fragment = each.folder.apply(each.fragment, touchpoint);
      else each.failed.push(touchpoint.id);
    }
  }
  return folded;
}

function canBeFolded(folder: Folder, touchpoint: Touchpoint): boolean {
  try {
    folder.apply(folder.empty(), touchpoint);
    return true;
  } catch {
    return false;
  }
}
