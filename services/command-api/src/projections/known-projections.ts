import { balanceProjection } from '@throughline/balance';
import { cemProjection } from '@throughline/cem';
import { ThroughlineError, versionOf, type Company, type Documents, type ProjectionOf } from '@throughline/contracts';
import { crmProjection } from '@throughline/crm';

const PROJECTIONS: Readonly<Record<string, ProjectionOf<never, never>>> = {
  crm: crmProjection as ProjectionOf<never, never>,
  cem: cemProjection as ProjectionOf<never, never>,
  balance: balanceProjection as ProjectionOf<never, never>,
};

export const PROJECTION_NAMES: readonly string[] = Object.keys(PROJECTIONS);

/** @throws ThroughlineError `not-found` for a projection that there is not. */
export function checkProjection(name: string): void {
  if (!Object.hasOwn(PROJECTIONS, name))
    throw new ThroughlineError(
      'not-found',
      `There is no projection of this name. There are ${PROJECTION_NAMES.join(', ')}.`,
    );
}

/**
 * What a version of the projection that these documents make is called, by the code that runs here.
 *
 * @throws ThroughlineError `not-found` for a projection that there is not, `invalid-definition` with the place in the document.
 */
export function hashOfDocuments(projection: string, company: Company): (documents: Documents) => string {
  checkProjection(projection);
  const make = PROJECTIONS[projection]!;
  return (documents) => versionOf(make(company, documents));
}
