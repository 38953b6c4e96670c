import { versionOf, type Company, type Documents } from '@throughline/contracts';
import { projectionNamed } from '@throughline/projections';

/**
 * What a version of the projection that these documents make is called, by the code that runs here.
 *
 * @throws ThroughlineError `not-found` for a projection that there is not, `invalid-definition` with the place in the document.
 */
export function hashOfDocuments(projection: string, company: Company): (documents: Documents) => string {
  const make = projectionNamed(projection);
  return (documents) => versionOf(make(company, documents));
}
