import type { Company, Documents, JsonObject, JsonValue } from '@throughline/contracts';
import { shippedDefinitions } from './versioned.ts';

/** A definition, as it calls itself. */
export interface DocumentName {
  readonly name?: string;
  readonly version?: number;
  /** Whether it is the one that the code brings along. */
  readonly shipped: boolean;
}

/** What a version is defined by: the documents it was given, and the shipped ones in place of those it was not. */
export function documentNames(
  projection: string,
  company: Company,
  documents: Documents,
): Readonly<Record<string, DocumentName>> {
  const shipped = shippedDefinitions(projection, company);
  const named: Record<string, DocumentName> = {};
  for (const [name, definition] of Object.entries(shipped))
    if (isVersioned(definition)) named[name] = nameOf(definition, true);
  for (const [name, definition] of Object.entries(documents)) named[name] = nameOf(definition, false);
  return named;
}

/** Not every part of what a projection is defined by is a document: the company's time zone is none. */
function isVersioned(definition: JsonValue | undefined): boolean {
  return typeof definition === 'object' && definition !== null && 'version' in definition;
}

function nameOf(definition: JsonValue | undefined, shipped: boolean): DocumentName {
  const { name, version } = (definition ?? {}) as JsonObject;
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof version === 'number' && { version }),
    shipped,
  };
}
