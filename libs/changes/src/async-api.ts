/** The topic of changes as AsyncAPI 3 tells it. */
import type { CustomerChange, Position } from '@throughline/contracts';
import { cloudEventOf, TYPE, type ChangeEvent } from './cloud-event.ts';

const CUSTOMER = { type: 'string', description: 'The customer’s id, as `GET /customers/{id}` takes it.' };

const EXAMPLE = cloudEventOf({
  projection: 'crm',
  version: '5f0c9c1e2ab3d471',
  customer: '7d1f0c4be2a94c55b1c2d3e4f5061728',
  position: '00000000000a41c7' as Position,
  what: 'changed',
  fields: { 'crm.lifecycle': 'customer', 'crm.orders': 3, 'crm.netRevenue': 389.85, 'crm.lastSeen': '2026-11-20' },
  changed: ['crm.orders', 'crm.netRevenue', 'crm.lastSeen'],
});

type SchemasOf<T> = Record<keyof T, object>;

const CHANGE: SchemasOf<CustomerChange> = {
  projection: { type: 'string', description: 'Which view: `crm`, `cem`, `balance`.' },
  version: { type: 'string', description: 'The view’s version: by which rules it was computed.' },
  customer: CUSTOMER,
  position: {
    type: 'string',
    description:
      'How far the view had come. Compared as text: of one view and one customer the greatest stands, and says all there is to say; what ' +
      'comes later with a lesser one, or with the same one of the same version, is known already.',
  },
  what: {
    enum: ['new', 'changed', 'gone'],
    description: '`gone`: it went into another, or nothing about it counts any more.',
  },
  into: {
    type: 'string',
    description: 'Of one that is gone: the customer whose it is now. That one’s own change is told under its own key.',
  },
  fields: {
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean'] },
    description: 'All fields of the view as they now stand, as `GET /customers` shows them. None of them is personal.',
  },
  changed: {
    type: 'array',
    items: { type: 'string' },
    description:
      'Which fields have another value than before, or none any more. With none, something else of the view changed: ' +
      '`GET /customers/{id}` shows it.',
  },
  incomplete: { const: true, description: 'The view could not be finished; until it can, the customer has no fields.' },
};

const EVENT: SchemasOf<ChangeEvent> = {
  specversion: { const: '1.0' },
  id: { type: 'string', description: 'Version, customer and position: told again, it is the same.' },
  source: { type: 'string', description: '`/throughline/` and the view.' },
  type: { const: TYPE },
  subject: CUSTOMER,
  datacontenttype: { const: 'application/json' },
  data: { $ref: '#/components/schemas/customerChange' },
};

const required = (all: object, optional: readonly string[] = []) =>
  Object.keys(all).filter((name) => !optional.includes(name));

/** Parts of an AsyncAPI document, to be put together with those of others. */
export function changesAsyncApi() {
  return {
    channels: {
      changes: {
        address: '{topic}',
        title: 'Changes of customers',
        description:
          'What each view changed of each customer, at least once, in order for each customer; there when `KAFKA_CHANGES_TOPIC` is set. ' +
          'A view that was lost and is built again tells of all its customers again.',
        parameters: { topic: { description: 'What `KAFKA_CHANGES_TOPIC` says.', default: 'throughline.changes' } },
        messages: { customerChanged: { $ref: '#/components/messages/customerChanged' } },
      },
    },
    operations: {
      sendChange: {
        action: 'send',
        channel: { $ref: '#/channels/changes' },
        summary: 'Tells channels what a view changed of a customer.',
      },
    },
    messages: {
      customerChanged: {
        title: 'A change of a customer, as a CloudEvent in structured mode',
        contentType: 'application/cloudevents+json',
        payload: { $ref: '#/components/schemas/customerChanged' },
        bindings: { kafka: { key: CUSTOMER } },
        examples: [{ name: 'order', payload: EXAMPLE }],
      },
    },
    schemas: {
      customerChanged: { type: 'object', required: required(EVENT), properties: EVENT, additionalProperties: false },
      customerChange: {
        type: 'object',
        required: required(CHANGE, ['into', 'incomplete']),
        properties: CHANGE,
        additionalProperties: false,
      },
    },
  };
}
