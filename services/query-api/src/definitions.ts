import { BALANCE_FIELDS, balanceProjection } from '@throughline/balance';
import { CEM_FIELDS, cemProjection } from '@throughline/cem';
import type { FieldDefinition } from '@throughline/contracts';
import { CRM_FIELDS, crmProjection } from '@throughline/crm';

/** How each view of a customer is finished: the same values that the projections fold by. */
export interface Definitions {
  readonly crm: ReturnType<typeof crmProjection>;
  readonly cem: ReturnType<typeof cemProjection>;
  readonly balance: ReturnType<typeof balanceProjection>;
}

/** The projections that make a customer, of whatever documents; of none they are the shipped ones. */
export const CUSTOMER_PROJECTIONS = { crm: crmProjection, cem: cemProjection, balance: balanceProjection };

/** Every field by which customers are found and sorted. */
export const FIELDS: readonly FieldDefinition[] = [...CRM_FIELDS, ...CEM_FIELDS, ...BALANCE_FIELDS];
