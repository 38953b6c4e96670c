/** Definitions that a replay is given, read from files: each is one JSON document, and has a name among what its projection takes. */
import { readFileSync } from 'node:fs';
import type { JsonObject, JsonValue } from '@throughline/contracts';
import { EXIT, Stop } from '../exit.ts';

/** What each projection takes, and by what a document that does not say its name is told apart. */
const TAKES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  crm: { survivorship: 'fields' },
  cem: { score: 'signals' },
  balance: { score: 'signals', grid: 'cells' },
};

export const PROJECTIONS: readonly string[] = Object.keys(TAKES);

/** @throws Stop (usage) for a projection that there is not. */
export function checkProjection(name: string): string {
  if (!PROJECTIONS.includes(name))
    throw new Stop(EXIT.usage, `There is no projection ${name}.`, `There are: ${PROJECTIONS.join(', ')}.`);
  return name;
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
  return Object.hasOwn(TAKES[projection]!, name) ? { name, file: argument.slice(at + 1) } : { file: argument };
}

/** Which of the documents that the projection takes this one is, by what stands in it. */
export function nameOf(projection: string, document: JsonObject, file: string): string {
  const fitting = Object.entries(TAKES[projection]!).filter(([, mark]) => Object.hasOwn(document, mark));
  if (fitting.length === 1) return fitting[0]![0];
  throw new Stop(
    EXIT.usage,
    `${file} is no definition that ${projection} takes.`,
    `${takes(projection)} Say which one it is: --definition ${Object.keys(TAKES[projection]!)[0]}=${file}`,
  );
}

function takes(projection: string): string {
  const each = Object.entries(TAKES[projection]!).map(([name, mark]) => `${name} (it has ${mark})`);
  return `${projection} takes: ${each.join(', ')}.`;
}

function readJson(file: string): JsonObject {
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
