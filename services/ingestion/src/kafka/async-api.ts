/** The intake topics as AsyncAPI 3 tells them; payloads are the schemas that intake judges by. */
import { exampleOf, touchpointSchema, type Schema } from '@throughline/contracts';

/** Parts of an AsyncAPI document, to be put together with those of other services. */
export interface AsyncApiParts {
  readonly channels: Readonly<Record<string, object>>;
  readonly operations: Readonly<Record<string, object>>;
  readonly messages: Readonly<Record<string, object>>;
  readonly schemas: Readonly<Record<string, object>>;
}

const KEY = {
  type: 'string',
  description:
    'What keeps one customer’s touchpoints in order: the same for all that are about the same customer, such as the customer’s number in the source. ' +
    'Kafka keeps the order within a key, and intake keeps it from there.',
};

export function intakeAsyncApi(): AsyncApiParts {
  const touchpoint = touchpointSchema();
  const { data, ...attributes } = touchpoint.properties as Record<string, Schema>;
  const required = (touchpoint.required as readonly string[]).filter((name) => name !== 'data');
  const { data: exampleData, ...exampleAttributes } = exampleOf('order.placed');
  const example = exampleOf('order.placed');
  return {
    channels: {
      touchpoints: {
        address: '{topic}',
        title: 'Touchpoints',
        description:
          'What channel systems publish. Which topics are read, `KAFKA_TOPICS` says. A message is in the log once, however often it is ' +
          'sent: `source` and `id` are a touchpoint’s identity. What cannot be read goes to quarantine with its topic, partition and ' +
          'offset, and the partition goes on. A message without a value (a tombstone) says nothing about a customer and is passed over.',
        parameters: { topic: { description: 'One of `KAFKA_TOPICS`.', default: 'touchpoints' } },
        messages: {
          touchpoint: { $ref: '#/components/messages/touchpoint' },
          touchpointInBinaryMode: { $ref: '#/components/messages/touchpointInBinaryMode' },
        },
      },
      deadLetters: {
        address: '{topic}',
        title: 'Dead letters',
        description:
          'Copies of the messages of which something went to quarantine, at least once each; there when `KAFKA_DEAD_LETTER_TOPIC` is set.',
        parameters: { topic: { description: 'What `KAFKA_DEAD_LETTER_TOPIC` says.' } },
        messages: { deadLetter: { $ref: '#/components/messages/deadLetter' } },
      },
    },
    operations: {
      receiveTouchpoints: {
        action: 'receive',
        channel: { $ref: '#/channels/touchpoints' },
        summary: 'Takes touchpoints in; the offset is committed once they are durable.',
        bindings: { kafka: { groupId: { type: 'string', description: 'What `KAFKA_GROUP` says.' } } },
      },
      sendDeadLetter: {
        action: 'send',
        channel: { $ref: '#/channels/deadLetters' },
        summary: 'Copies what could not be taken in.',
      },
    },
    messages: {
      touchpoint: {
        title: 'Touchpoints as JSON, or a CloudEvent in structured mode',
        description:
          'One touchpoint, or a list, or one object a line, as `POST /touchpoints` takes them. One a message is what keeps the order by key ' +
          'simple. The facts of each type are in touchpoints.md.',
        contentType: 'application/cloudevents+json',
        payload: {
          oneOf: [
            { $ref: '#/components/schemas/touchpoint' },
            { type: 'array', items: { $ref: '#/components/schemas/touchpoint' } },
          ],
        },
        bindings: { kafka: { key: KEY } },
        examples: [{ name: 'order', payload: example }],
      },
      touchpointInBinaryMode: {
        title: 'A touchpoint as a CloudEvent in binary mode',
        description: 'Attributes in headers beginning with `ce_`, in UTF-8; `data` as the value.',
        contentType: 'application/json',
        headers: {
          type: 'object',
          required: ['ce_specversion', ...required.map((name) => `ce_${name}`)],
          properties: Object.fromEntries(Object.entries(attributes).map(([name, schema]) => [`ce_${name}`, schema])),
        },
        payload: data,
        bindings: { kafka: { key: KEY } },
        examples: [
          {
            name: 'order',
            headers: Object.fromEntries(
              Object.entries({ specversion: '1.0', ...exampleAttributes }).map(([name, value]) => [
                `ce_${name}`,
                value,
              ]),
            ),
            payload: exampleData,
          },
        ],
      },
      deadLetter: {
        title: 'A message that could not be taken in',
        description: 'Key, value and headers as they came, and these headers.',
        headers: {
          type: 'object',
          properties: {
            'throughline-topic': { type: 'string', description: 'Where it stood.' },
            'throughline-partition': { type: 'string', pattern: '^\\d+$' },
            'throughline-offset': { type: 'string', pattern: '^\\d+$' },
            'throughline-problem': { type: 'string', description: 'The code of the first thing that was wrong.' },
            'throughline-quarantine-id': { type: 'string', format: 'uuid', description: 'For `GET /quarantine/{id}`.' },
          },
        },
        payload: {},
      },
    },
    schemas: { touchpoint },
  };
}
