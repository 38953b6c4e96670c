import { bareVersion, partsOf, type OpenedReader, type VersionShelf } from '@throughline/read-model';

/**
 * The name under which the shelf keeps a version, in however many parts that is: as many as the live one's, where it is kept in several ways.
 * Undefined when there is nothing of it.
 */
export async function keptAs(shelf: VersionShelf, version: string): Promise<string | undefined> {
  const names = (await shelf.list()).filter((name) => bareVersion(name) === bareVersion(version));
  if (names.length < 2) return names[0];
  const live = await shelf.current();
  return names.find((name) => live !== undefined && partsOf(name) === partsOf(live)) ?? names[0];
}

/** Opens a version, whatever its role. Undefined when there is nothing of it. */
export async function openKept(shelf: VersionShelf, version: string): Promise<OpenedReader | undefined> {
  const name = await keptAs(shelf, version);
  return name === undefined ? undefined : await shelf.open(name);
}
