import type { CustomerChange } from '@throughline/contracts';

export const TYPE = 'customer.changed';

/** A change as a CloudEvent. Told again it is the same one: source and id are the same. */
export interface ChangeEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: typeof TYPE;
  readonly subject: string;
  readonly datacontenttype: 'application/json';
  readonly data: CustomerChange;
}

export function cloudEventOf(change: CustomerChange): ChangeEvent {
  const { projection, version, customer, position } = change;
  return {
    specversion: '1.0',
    id: `${version}/${customer}/${position}`,
    source: `/throughline/${projection}`,
    type: TYPE,
    subject: customer,
    datacontenttype: 'application/json',
    data: change,
  };
}
