import { CATALOGUE, type CataloguedType, type Family } from '@throughline/contracts';
import { crmProjection } from '@throughline/crm';
import { describeProjectionLaws } from '../../contracts/test-kit/projection-laws.ts';
import { COMPANY } from './history.ts';

const projection = crmProjection({ ...COMPANY, timeZone: 'America/New_York' });
const typesOf = (...families: Family[]) =>
  Object.keys(CATALOGUE).filter((type) => families.includes(CATALOGUE[type as CataloguedType].family));

describeProjectionLaws(projection, { of: 'over everything' });
describeProjectionLaws(projection, { of: 'over money', types: typesOf('commerce') });
describeProjectionLaws(projection, {
  of: 'over sales',
  types: [...typesOf('sales'), 'subscription.started', 'subscription.ended'],
});
describeProjectionLaws(projection, { of: 'over service', types: typesOf('service', 'contact centre') });
describeProjectionLaws(projection, {
  of: 'over marketing and profile',
  types: [...typesOf('marketing', 'profile'), 'email.opened'],
});
