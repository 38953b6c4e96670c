import {
  dayFromText,
  dayOf,
  documentsOf,
  type Company,
  type Documents,
  type JsonValue,
  type MetricDefinition,
  type ProjectionDefinition,
} from '@throughline/contracts';
import { customerCells, CUSTOMER_METRIC_DEFINITIONS } from './customer-metrics.ts';
import { SURVIVORSHIP } from './definitions/survivorship.v1.ts';
import { EVENT_METRIC_DEFINITIONS, eventCells } from './event-metrics.ts';
import { indexesOf } from './fields.ts';
import { crmFragment, type CrmFragment } from './fragment.ts';
import { checkSurvivorship } from './survivorship-check.ts';
import { viewReader, type CrmView } from './view.ts';

/** Every metric of the CRM view: first those of touchpoints, by day, then those of customers as they now stand. */
export const CRM_METRICS: readonly MetricDefinition[] = [...EVENT_METRIC_DEFINITIONS, ...CUSTOMER_METRIC_DEFINITIONS];

/**
 * The single customer view: what the customer is to the company.
 *
 * @param documents `survivorship`: its rules; the shipped ones unless told.
 * @throws ThroughlineError `invalid-definition`
 */
export function crmProjection(company: Company, documents: Documents = {}): ProjectionDefinition<CrmFragment, CrmView> {
  const { survivorship = SURVIVORSHIP } = documentsOf('crm', documents, { survivorship: checkSurvivorship });
  const day = dayOf(company.timeZone);
  return {
    name: 'crm',
    codeVersion: 2,
    definitions: { company, survivorship } as unknown as JsonValue,
    metrics: CRM_METRICS,
    fragment: crmFragment(day),
    eventCells: (touchpoint) => eventCells(touchpoint, day),
    view: viewReader(company, survivorship, day),
    customerCells,
    indexes: indexesOf,
    nextChange: (view) => (view.changesOn === undefined ? undefined : dayFromText(view.changesOn)),
  };
}
