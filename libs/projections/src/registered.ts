/** Which projections there are: a line each, under the name that it has itself. All else follows from here. */
export { balanceProjection as balance } from '@throughline/balance';
export { cemProjection as cem } from '@throughline/cem';
export { crmProjection as crm } from '@throughline/crm';
