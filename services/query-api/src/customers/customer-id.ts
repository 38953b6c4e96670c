import { ThroughlineError } from '@throughline/contracts';

/** Nothing that does not look like an id is anybody's. @throws ThroughlineError `customer-not-found` */
export function customerId(text: string): string {
  if (/^[0-9a-f]{32}$/.test(text)) return text;
  throw new ThroughlineError(
    'customer-not-found',
    'An id has 32 hex digits; ask GET /customers?identifier=type:value.',
  );
}

/** How an address names a customer. */
export const OF_CUSTOMER = {
  name: 'id',
  description: 'Any id of the customer: merged-away ones and subjects too.',
  example: '0f4c1b9e7a2d4c6f8b1e3a5d7c9f0b2d',
};
