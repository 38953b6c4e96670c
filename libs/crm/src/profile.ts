import type { CustomerIdentified, JsonValue, Touchpoint } from '@throughline/contracts';
import type { Survivorship, SurvivorshipRule } from './definitions/survivorship.v1.ts';
import { factsOf, type FragmentPart } from './part.ts';
import { earliest, mergeTables, rowOf } from './table.ts';

/** Who the customer is, as each source last told it. */
export interface ProfileFragment {
  readonly traits: TraitRow[];
  readonly identifiers: IdentifierRow[];
  /** When the relationship began, epoch milliseconds; 0 where no source knows. */
  since: number;
}

export type TraitRow = [field: string, told: ToldRow[]];
type ToldRow = [source: string, at: number, value: JsonValue];

/** A key (`email:9f…`), its value (empty where it was shredded), when it was first and last seen, and who said so last. */
export type IdentifierRow = [key: string, value: string, firstSeen: number, lastSeen: number, source: string];

/** Names of things, not of a person: orders, cases and sessions are listed as what they are. */
const THINGS = new Set(['order', 'case', 'complaint', 'ticket', 'session']);

/**
 * At most this many identifiers of one type are kept for display, those with the smallest keys: a choice that no order of
 * arrival and no merge can change. The complete list of keys is identity's.
 */
const IDENTIFIERS_PER_TYPE = 8;

export const profileFragment: FragmentPart<ProfileFragment> = {
  empty: () => ({ traits: [], identifiers: [], since: 0 }),

  apply(fragment, touchpoint) {
    if (touchpoint.data.keys.length > 0) sight(fragment, touchpoint);
    const traits = touchpoint.personal?.traits;
    if (traits) tell(fragment, touchpoint, traits);
    if (touchpoint.type === 'customer.identified') {
      const { since } = factsOf<CustomerIdentified>(touchpoint);
      if (since !== undefined) fragment.since = earliest(fragment.since, Date.parse(since));
    }
  },

  merge: (a, b) => ({
    traits: mergeTables(a.traits, b.traits, (x, y): TraitRow => [x[0], mergeTables(x[1], y[1], survivor)]),
    identifiers: bounded(mergeTables(a.identifiers, b.identifiers, joinIdentifiers)),
    since: earliest(a.since, b.since),
  }),
};

function sight(fragment: ProfileFragment, { data, personal, occurredAt, metadata }: Touchpoint): void {
  const { source } = metadata;
  for (let i = 0; i < data.keys.length; i++) {
    const key = data.keys[i]!;
    if (THINGS.has(key.type)) continue;
    const identifier = personal?.identifiers?.[i];
    const value = identifier?.type === key.type ? identifier.value : '';
    const before = fragment.identifiers.length;
    const row = rowOf(fragment.identifiers, `${key.type}:${key.key}`, (id): IdentifierRow => [
      id,
      value,
      occurredAt,
      occurredAt,
      source,
    ]);
    if (fragment.identifiers.length === before) seeAgain(row, value, occurredAt, source);
    else if (before >= IDENTIFIERS_PER_TYPE)
      fragment.identifiers.splice(0, before + 1, ...bounded(fragment.identifiers));
  }
}

/** What `joinIdentifiers` makes of a row and one more sight, in the row itself. */
function seeAgain(row: IdentifierRow, value: string, at: number, source: string): void {
  if (value > row[1]) row[1] = value;
  if (at > row[3] || (at === row[3] && source > row[4])) row[4] = source;
  row[2] = Math.min(row[2], at);
  row[3] = Math.max(row[3], at);
}

function joinIdentifiers(a: IdentifierRow, b: IdentifierRow): IdentifierRow {
  const later = a[3] !== b[3] ? a[3] > b[3] : a[4] > b[4];
  return [a[0], a[1] > b[1] ? a[1] : b[1], Math.min(a[2], b[2]), Math.max(a[3], b[3]), later ? a[4] : b[4]];
}

function bounded(rows: readonly IdentifierRow[]): IdentifierRow[] {
  const kept = new Map<string, number>();
  return rows.filter(([key]) => {
    const type = typeOf(key);
    const nth = (kept.get(type) ?? 0) + 1;
    kept.set(type, nth);
    return nth <= IDENTIFIERS_PER_TYPE;
  });
}

function typeOf(key: string): string {
  return key.slice(0, key.lastIndexOf(':'));
}

function tell(
  fragment: ProfileFragment,
  touchpoint: Touchpoint,
  traits: Readonly<Record<string, JsonValue | undefined>>,
): void {
  for (const field in traits) {
    const value = traits[field];
    if (value === undefined || value === null || value === '') continue;
    const [, told] = rowOf(fragment.traits, field, (id): TraitRow => [id, []]);
    const fresh: ToldRow = [touchpoint.metadata.source, touchpoint.occurredAt, value];
    const row = rowOf(told, fresh[0], () => fresh);
    if (row === fresh || survivor(row, fresh) !== fresh) continue;
    row[1] = fresh[1];
    row[2] = fresh[2];
  }
}

/** The later word, and of two at the same millisecond the greater as JSON text. */
function survivor(a: ToldRow, b: ToldRow): ToldRow {
  if (a[1] !== b[1]) return a[1] > b[1] ? a : b;
  return JSON.stringify(a[2]) > JSON.stringify(b[2]) ? a : b;
}

/** One field of the golden profile, and who said so when. */
export interface ProfileField {
  readonly value: JsonValue;
  readonly source: string;
  /** RFC 3339. */
  readonly occurredAt: string;
}

export interface KnownIdentifier {
  readonly type: string;
  readonly key: string;
  /** Absent where the personal data was shredded. */
  readonly value?: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly source: string;
}

/** The golden profile: of each field the one value that survives. */
export function goldenProfile(fragment: ProfileFragment, survivorship: Survivorship): Record<string, ProfileField> {
  return Object.fromEntries(
    fragment.traits.map(([field, told]) => {
      const rule = Object.hasOwn(survivorship.fields, field) ? survivorship.fields[field]! : survivorship.otherwise;
      const [source, at, value] = told.reduce((a, b) => (outranks(b, a, rule) ? b : a));
      return [field, { value, source, occurredAt: new Date(at).toISOString() }];
    }),
  );
}

function outranks(a: ToldRow, b: ToldRow, rule: SurvivorshipRule): boolean {
  const trust = rule.rule === 'most-trusted' ? rankOf(a[0], rule.sources) - rankOf(b[0], rule.sources) : 0;
  return trust !== 0 ? trust < 0 : a[1] > b[1];
}

function rankOf(source: string, sources: readonly string[]): number {
  const rank = sources.indexOf(source);
  return rank < 0 ? sources.length : rank;
}

export function knownIdentifiers(fragment: ProfileFragment): KnownIdentifier[] {
  return fragment.identifiers.map(([id, value, firstSeen, lastSeen, source]) => ({
    type: typeOf(id),
    key: id.slice(id.lastIndexOf(':') + 1),
    ...(value !== '' && { value }),
    firstSeen: new Date(firstSeen).toISOString(),
    lastSeen: new Date(lastSeen).toISOString(),
    source,
  }));
}
