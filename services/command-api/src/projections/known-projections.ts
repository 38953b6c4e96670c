import { IDENTITY, versionOf, type Company, type Documents } from '@throughline/contracts';
import { rulesIn } from '@throughline/identity';
import { checkVersioned, projectionNamed } from '@throughline/projections';
import { identityName } from '@throughline/versions';

/**
 * What a version that these documents make is called: of a projection by the code that runs here, of identity by the number of its rules.
 *
 * @throws ThroughlineError `not-found` for a projection that there is not, `invalid-definition` with the place in the document.
 */
export function hashOfDocuments(projection: string, company: Company): (documents: Documents) => string {
  if (checkVersioned(projection) === IDENTITY) return identityOf;
  const make = projectionNamed(projection);
  return (documents) => versionOf(make(company, documents));
}

function identityOf(documents: Documents): string {
  rulesIn(documents);
  return identityName(documents);
}
