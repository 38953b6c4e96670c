import {
  IDENTITY,
  ThroughlineError,
  versionOf,
  type Company,
  type Documents,
  type JsonObject,
} from '@throughline/contracts';
import { rulesIn } from '@throughline/identity';
import { PROJECTION_NAMES, projectionNamed } from '@throughline/projections';
import { identityName } from '@throughline/versions';

/** Whatever has versions: every registered projection, and identity. */
export const VERSIONED: readonly string[] = [...PROJECTION_NAMES, IDENTITY];

/**
 * What a version that these documents make is called: of a projection by the code that runs here, of identity by the number of its rules.
 *
 * @throws ThroughlineError `not-found` for a projection that there is not, `invalid-definition` with the place in the document.
 */
export function hashOfDocuments(projection: string, company: Company): (documents: Documents) => string {
  if (projection === IDENTITY) return identityOf;
  if (!VERSIONED.includes(projection))
    throw new ThroughlineError('not-found', `There is no projection of this name. There are ${VERSIONED.join(', ')}.`);
  const make = projectionNamed(projection);
  return (documents) => versionOf(make(company, documents));
}

function identityOf(documents: Documents): string {
  const other = Object.keys(documents).find((name) => name !== 'rules');
  if (other !== undefined)
    throw new ThroughlineError('invalid-definition', `identity takes no ${other}; of definitions it takes: rules.`);
  rulesIn(documents as JsonObject);
  return identityName(documents);
}
