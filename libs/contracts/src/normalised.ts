export type RefusedIdentifier = 'empty' | 'blocked' | 'malformed';

/** An identifier's one spelling, or why it has none. */
export type Normalised =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: RefusedIdentifier };
