import { NAMESPACE, uuidv5, type Identifier, type KeyKind } from '@throughline/contracts';
import defaultRules from './definitions/identity/default.v1.json' with { type: 'json' };

/** How keys of one type are believed. */
export interface TypeRule {
  /** See `KeyKind`. */
  readonly kind: KeyKind;
  /** 1 is the strongest; a link has the weaker priority of its two keys. */
  readonly priority: number;
  /** A customer has at most one key of this type. */
  readonly unique?: boolean;
  /** A customer has at most this many keys of this type. */
  readonly limit?: number;
  /** Seen with more distinct keys of a kind than this, a key is no evidence about that kind; with too many persons, about anything. */
  readonly maxNeighbours?: Readonly<Partial<Record<KeyKind, number>>>;
}

/** The rules of identity as a document: `definitions/identity/*.json`, described by `identity-rules.schema.json`. */
export interface IdentityRules {
  readonly $schema?: string;
  readonly name: string;
  /** Names the stream of decisions, `identity-v<version>`: other rules need another version. */
  readonly version: number;
  /** A customer has at most this many keys. */
  readonly maxKeys: number;
  readonly types: Readonly<Record<string, TypeRule>>;
  /** The rule of every type that is not listed. */
  readonly unlisted: TypeRule;
  /** Values that are nobody's, normalised as home.v1 does. */
  readonly blocked: readonly Identifier[];
}

export const DEFAULT_RULES = defaultRules as IdentityRules;

/** Rules made ready for use. */
export class Rules {
  readonly version: number;
  /** Of the whole document. It enters every decision's id, so rules changed without a new version are noticed. */
  readonly fingerprint: string;
  readonly maxKeys: number;
  readonly #types: ReadonlyMap<string, TypeRule>;
  readonly #unlisted: TypeRule;
  readonly #blocked: ReadonlySet<string>;

  /**
   * @param hash The deployment's `keyOf`: blocked values are known to the graph by their keys only.
   * @throws RangeError when a device is not weaker than every person and matter: the partition's fast path relies on it.
   */
  constructor(document: IdentityRules, hash: (identifier: Identifier) => string) {
    this.version = document.version;
    this.fingerprint = uuidv5(NAMESPACE.decision, JSON.stringify(document));
    this.maxKeys = document.maxKeys;
    this.#types = new Map(Object.entries(document.types));
    this.#unlisted = document.unlisted;
    this.#blocked = new Set(document.blocked.map(hash));
    if (!areDevicesWeaker(document))
      throw new RangeError('Identity rules: every device must have a weaker priority than every person and matter.');
  }

  of(type: string): TypeRule {
    return this.#types.get(type) ?? this.#unlisted;
  }

  kind(type: string): KeyKind {
    return this.of(type).kind;
  }

  /** How many keys of the type a customer may have. */
  limit(type: string): number {
    const rule = this.of(type);
    return rule.unique ? 1 : (rule.limit ?? Infinity);
  }

  /** Of a link between keys of these types; 0, which no rule can have, is kept for stewards. */
  priority(a: string, b: string): number {
    return Math.max(this.of(a).priority, this.of(b).priority);
  }

  isBlocked(key: string): boolean {
    return this.#blocked.has(key);
  }
}

/** Whether every device has a weaker priority than every person and matter. */
export function areDevicesWeaker({ types, unlisted }: Pick<IdentityRules, 'types' | 'unlisted'>): boolean {
  const all = [...Object.values(types), unlisted];
  const weakestJoining = Math.max(...all.filter((rule) => rule.kind !== 'device').map((rule) => rule.priority));
  return all.every((rule) => rule.kind !== 'device' || rule.priority > weakestJoining);
}
