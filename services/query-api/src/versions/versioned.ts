import { IDENTITY, versionOf, type Company, type JsonObject } from '@throughline/contracts';
import { DEFAULT_RULES } from '@throughline/identity';
import { projectionNamed } from '@throughline/projections';
import { identityName, type HashOfDocuments } from '@throughline/versions';

/** What a version of these documents is called: by the code that runs here, but for identity, whose rules bear a number. */
export function nameOfDocuments(name: string, company: Company): HashOfDocuments {
  if (name === IDENTITY) return identityName;
  const make = projectionNamed(name);
  return (documents) => versionOf(make(company, documents));
}

/** What it is defined by where no documents are given. */
export function shippedDefinitions(name: string, company: Company): JsonObject {
  if (name === IDENTITY) return { rules: DEFAULT_RULES as unknown as JsonObject };
  return projectionNamed(name)(company).definitions as JsonObject;
}
