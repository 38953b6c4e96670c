import { keyOf, normalise, type Key, type Normalised, type RefusedIdentifier } from '@throughline/contracts';

export type Keyed =
  | { readonly ok: true; readonly value: string; readonly key: Key }
  | { readonly ok: false; readonly reason: RefusedIdentifier };

/** Entries in each of the two halves. */
const HALF = 50_000;

/**
 * Turns identifiers as sent into keys, and remembers: the same customers come again and again, and a hash takes longer than
 * all else that is done to a touchpoint. What was not asked for while half the memory filled is forgotten.
 */
export class KeyRing {
  readonly #secret: Uint8Array;
  readonly #region: string;
  /** By type, then by the value as sent. */
  #young = new Map<string, Map<string, Keyed>>();
  #old = new Map<string, Map<string, Keyed>>();
  /** Entries in the young half. */
  #size = 0;

  /** @param region What a phone number without a country is read in, ISO 3166. */
  constructor(secret: Uint8Array, region: string) {
    this.#secret = secret;
    this.#region = region;
  }

  keyed(type: string, raw: string): Keyed {
    const known = this.#young.get(type)?.get(raw);
    if (known) return known;
    const keyed = this.#old.get(type)?.get(raw) ?? this.#make(type, raw);
    if (this.#size >= HALF) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#size = 0;
    }
    let ofType = this.#young.get(type);
    if (!ofType) this.#young.set(type, (ofType = new Map()));
    ofType.set(raw, keyed);
    this.#size++;
    return keyed;
  }

  #make(type: string, raw: string): Keyed {
    const normalised: Normalised = normalise(type, raw, this.#region);
    if (!normalised.ok) return normalised;
    const { value } = normalised;
    return { ok: true, value, key: { type, key: keyOf(this.#secret, { type, value }) } };
  }
}
