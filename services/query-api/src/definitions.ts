import { BALANCE_FIELDS, BALANCE_METRICS, balanceProjection } from '@throughline/balance';
import { CEM_FIELDS, CEM_METRICS, cemProjection } from '@throughline/cem';
import type { FieldDefinition, MetricDefinition } from '@throughline/contracts';
import { CRM_FIELDS, CRM_METRICS, crmProjection } from '@throughline/crm';
import type { ViewName } from './views.ts';

/** How each view is finished: the same values that the projections fold by. */
export interface Definitions {
  readonly crm: ReturnType<typeof crmProjection>;
  readonly cem: ReturnType<typeof cemProjection>;
  readonly balance: ReturnType<typeof balanceProjection>;
}

/** Each projection, of whatever documents; of none it is the shipped one. */
export const PROJECTIONS = { crm: crmProjection, cem: cemProjection, balance: balanceProjection };

/** Every field by which customers are found and sorted. */
export const FIELDS: readonly FieldDefinition[] = [...CRM_FIELDS, ...CEM_FIELDS, ...BALANCE_FIELDS];

/** Every metric, and the view that has its cells. */
export const METRIC_HOMES: ReadonlyMap<string, { readonly view: ViewName; readonly metric: MetricDefinition }> =
  new Map(
    (
      [
        ['crm', CRM_METRICS],
        ['cem', CEM_METRICS],
        ['balance', BALANCE_METRICS],
      ] as const
    ).flatMap(([view, metrics]) => metrics.map((metric) => [metric.name, { view, metric }] as const)),
  );
