import type { JsonObject, JsonValue } from '../json.ts';
import { catalogueEntry, type Family } from './catalogue.ts';
import { schemaOf, type Schema } from './fields.ts';

/** Values that make an example read like life, by the fact's name. What is not listed follows from the schema. */
const BY_NAME: Readonly<Record<string, JsonValue>> = {
  minor: 12_900,
  currency: 'EUR',
  path: '/checkout',
  title: 'Checkout',
  category: 'shoes',
  device: 'ios-app',
  reason: 'billing',
  subReason: 'fee charged twice',
  response: 'explained',
  priority: 'high',
  resolution: 'refunded',
  stage: 'proposal',
  method: 'card',
  variant: 'B',
  network: 'mastodon',
  reach: 1_200,
  channel: 'email',
  purpose: 'marketing',
  product: 'checking-account',
  team: 'north',
  waitSeconds: 45,
  talkSeconds: 372,
  holdSeconds: 20,
  wrapUpSeconds: 60,
  seconds: 540,
  pages: 7,
  transfers: 0,
  quantity: 2,
  level: 2,
  score: 9,
  scaleMin: 0,
  scaleMax: 10,
  promisedBy: '2024-05-03T18:00:00Z',
  touchpointId: 'shop#order-1042-placed',
};

/** Facts that every type may have; an example shows the type's own. */
export const COMMON_NAMES: readonly string[] = ['language', 'sentiment', 'competitor', 'simulated'];

const CHANNELS: Readonly<Record<Family, string>> = {
  'web and app': 'web',
  messaging: 'email',
  'contact centre': 'phone',
  service: 'phone',
  sales: 'store',
  commerce: 'web',
  marketing: 'email',
  feedback: 'email',
  profile: 'web',
  control: 'web',
};

/** A valid touchpoint of a type, as a channel would send it, with every fact of its own. */
export function exampleOf(type: string): JsonObject {
  const { family, facts } = catalogueEntry(type)!;
  return {
    id: `${type.replace('.', '-')}-1042`,
    source: 'shop',
    type,
    time: '2024-05-01T12:00:00Z',
    data: {
      channel: CHANNELS[family],
      identifiers: [{ type: 'email', value: 'ada@example.com' }],
      facts: objectOf(schemaOf(facts)),
    },
  };
}

function objectOf(schema: Schema): JsonObject {
  const fields = Object.entries(schema['properties'] as Record<string, Schema>).filter(
    ([name]) => !COMMON_NAMES.includes(name),
  );
  return Object.fromEntries(fields.map(([name, field]) => [name, valueOf(name, field)]));
}

function valueOf(name: string, schema: Schema): JsonValue {
  const known = BY_NAME[name];
  if (known !== undefined) return known;
  if (Array.isArray(schema['enum'])) return schema['enum'][0] as JsonValue;
  switch (schema['type']) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return [valueOf(name, schema['items'] as Schema)];
    case 'boolean':
      return true;
    case 'string':
      return schema['format'] === 'date-time' ? '2024-05-01T12:00:00Z' : `${name.replace(/Id$/, '')}-1042`;
    default:
      return Math.max(1, Number(schema['minimum'] ?? 1));
  }
}
