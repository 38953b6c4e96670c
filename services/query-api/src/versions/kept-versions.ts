import { SHIPPED_RULES } from '@throughline/contracts';
import {
  bareVersion,
  partsOf,
  rulesOf,
  unpartedVersion,
  versionAlong,
  type OpenedReader,
  type VersionShelf,
} from '@throughline/read-model';

/** A version by its definitions is kept along several versions of identity: the one meant is that by which readers are given views. */
export function asGiven(version: string, current: string | undefined): string {
  return versionAlong(bareVersion(version), current === undefined ? SHIPPED_RULES : rulesOf(current));
}

/**
 * The name under which the shelf keeps a version, in however many parts that is: as many as the live one's, where it is kept in several ways.
 * Undefined when there is nothing of it.
 *
 * @param version Which definitions; `asGiven` is meant.
 */
export async function keptAs(shelf: VersionShelf, version: string): Promise<string | undefined> {
  return inParts(shelf, asGiven(version, await shelf.current()));
}

/** Opens a version, whatever its role, `asGiven`. Undefined when there is nothing of it. */
export async function openKept(shelf: VersionShelf, version: string): Promise<OpenedReader | undefined> {
  return openExactly(shelf, asGiven(version, await shelf.current()));
}

/** Opens a version along the version of identity that its name says. Undefined when there is nothing of it. */
export async function openExactly(shelf: VersionShelf, version: string): Promise<OpenedReader | undefined> {
  const name = await inParts(shelf, version);
  return name === undefined ? undefined : await shelf.open(name);
}

async function inParts(shelf: VersionShelf, version: string): Promise<string | undefined> {
  const names = (await shelf.list()).filter((name) => unpartedVersion(name) === unpartedVersion(version));
  if (names.length < 2) return names[0];
  const live = await shelf.current();
  return names.find((name) => live !== undefined && partsOf(name) === partsOf(live)) ?? names[0];
}
