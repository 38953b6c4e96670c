export { CRM_METRICS, crmProjection } from './crm-projection.ts';
export { SURVIVORSHIP, type Survivorship, type SurvivorshipRule } from './definitions/survivorship.v1.ts';
export { CRM_FIELDS } from './fields.ts';
export type { CrmFragment } from './fragment.ts';
export { LIFECYCLES, type Lifecycle, type LifecycleStage } from './lifecycle.ts';
export type { FragmentPart } from './part.ts';
export { TRAILING_DAYS, valueReader, whole, type Sum, type Value } from './value.ts';
export { valueFragment, type ValueFragment } from './value-fragment.ts';
export type { CrmView } from './view.ts';
