/** Definitions that a replay is given, read from files: each is one JSON document, and has a name among what its projection takes. */
import { readFileSync } from 'node:fs';
import { DEFAULT_COMPANY, IDENTITY, type JsonObject, type JsonValue } from '@throughline/contracts';
import { PROJECTION_NAMES, projectionNamed } from '@throughline/projections';
import { EXIT, Stop } from '../exit.ts';

/** What a document of a kind has, and none of another kind: by it one is known that does not say its name. */
const MARKS: Readonly<Record<string, string>> = { survivorship: 'fields', score: 'signals', grid: 'cells' };

/** @throws Stop (usage) for a projection that there is not. */
export function checkProjection(name: string): string {
  if (!PROJECTION_NAMES.includes(name))
    throw new Stop(EXIT.usage, `There is no projection ${name}.`, `There are: ${PROJECTION_NAMES.join(', ')}.`);
  return name;
}

/** @throws Stop (usage) for what has no versions. */
export function checkVersioned(name: string): string {
  return name === IDENTITY ? name : checkProjection(name);
}

/**
 * @param given files, or `name=file` for a document whose content does not say which one it is.
 * @throws Stop (usage) naming the file, and what the projection takes.
 */
export function readDefinitions(projection: string, given: readonly string[]): JsonObject {
  const documents: Record<string, JsonValue> = {};
  for (const argument of given) {
    const { name: told, file } = splitArgument(projection, argument);
    const document = readJson(file);
    const name = told ?? nameOf(projection, document, file);
    if (Object.hasOwn(documents, name))
      throw new Stop(EXIT.usage, `Two definitions are given as ${name}.`, takes(projection));
    documents[name] = document;
  }
  return documents;
}

function splitArgument(projection: string, argument: string): { readonly name?: string; readonly file: string } {
  const at = argument.indexOf('=');
  const name = argument.slice(0, Math.max(0, at));
  return takenBy(projection).includes(name) ? { name, file: argument.slice(at + 1) } : { file: argument };
}

/** Which of the documents that the projection takes this one is, by what stands in it. A kind without a mark is known where it is the only one. */
export function nameOf(projection: string, document: JsonObject, file: string): string {
  const taken = takenBy(projection);
  const fitting = taken.filter((name) => {
    const mark = MARKS[name];
    return mark === undefined ? taken.length === 1 : Object.hasOwn(document, mark);
  });
  if (fitting.length === 1) return fitting[0]!;
  const hint = taken.length > 0 ? ` Say which one it is: --definition ${taken[0]}=${file}` : '';
  throw new Stop(EXIT.usage, `${file} is no definition that ${projection} takes.`, `${takes(projection)}${hint}`);
}

/** The names of its definitions: what has a version is one, unlike the company's time zone. */
function takenBy(projection: string): readonly string[] {
  const { definitions } = projectionNamed(projection)(DEFAULT_COMPANY);
  if (!isObject(definitions)) return [];
  return Object.keys(definitions).filter((name) => {
    const definition = definitions[name]!;
    return isObject(definition) && Object.hasOwn(definition, 'version');
  });
}

function takes(projection: string): string {
  const each = takenBy(projection).map((name) => (MARKS[name] ? `${name} (it has ${MARKS[name]})` : name));
  return `${projection} takes: ${each.join(', ') || 'none'}.`;
}

/** @throws Stop (usage) for a file that is not one JSON object. */
export function readJson(file: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Stop(EXIT.usage, `There is no file ${file} that can be read.`);
  }
  try {
    const document = JSON.parse(text) as JsonValue;
    if (isObject(document)) return document;
  } catch (error) {
    throw new Stop(EXIT.usage, `${file} is not JSON.`, error instanceof Error ? error.message : undefined);
  }
  throw new Stop(EXIT.usage, `${file} is not one JSON object.`);
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
