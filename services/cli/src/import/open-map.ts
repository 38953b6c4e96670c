/** A map and the files it joins, from disk. */
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { loadJoins, MapError, readMap, type MapDefinition, type Table } from '@throughline/mapping';
import { EXIT, Stop } from '../exit.ts';

/** Bytes read at a time. */
const CHUNK = 256 * 1024;

export const openFile = (path: string): AsyncIterable<Buffer> =>
  createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>;

/** @throws Stop (usage) with everything that is wrong with it. */
export function openMap(path: string): MapDefinition {
  if (!existsSync(path))
    throw new Stop(
      EXIT.usage,
      `There is no map ${path}.`,
      'docs/guides/import.md tells how to write one; examples/ has some.',
    );
  return explained(() => readMap(readFileSync(path, 'utf8'), basename(path)));
}

/**
 * Loads the joined files of a map: each from where `given` says, or beside the imported file, or beside the map.
 *
 * @throws Stop (usage) when one is not there or does not fit.
 */
export async function openJoins(
  map: MapDefinition,
  mapPath: string,
  file: string,
  given: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Table>> {
  const unknown = [...given.keys()].find((name) => !map.joins.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new Stop(
      EXIT.usage,
      `The map has no join named ${unknown}.`,
      `It has: ${map.joins.map((one) => one.name).join(', ') || 'none'}.`,
    );
  const paths = new Map<string, string>();
  for (const { name, file: joined } of map.joins) {
    const places = given.has(name)
      ? [resolve(given.get(name)!)]
      : [resolve(dirname(file), joined), resolve(dirname(mapPath), joined)];
    const found = places.find((place) => existsSync(place));
    if (found === undefined)
      throw new Stop(
        EXIT.usage,
        `The map joins ${joined}, and it is not there: ${places.join(', ')}.`,
        `Say where it is: --join ${name}=${join('path', 'to', joined)}`,
      );
    paths.set(name, found);
  }
  return explainedAsync(() => loadJoins(map, ({ name }) => openFile(paths.get(name)!)));
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asStop(error);
  }
}

async function explainedAsync<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStop(error);
  }
}

/** What is wrong with a map is for whoever wrote it: a matter of usage. */
export function asStop(error: unknown): unknown {
  return error instanceof MapError
    ? new Stop(EXIT.usage, error.message, 'docs/guides/import.md tells the grammar. Nothing was sent.')
    : error;
}
