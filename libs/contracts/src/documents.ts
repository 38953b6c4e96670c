import { ThroughlineError } from './errors.ts';
import type { Documents } from './version.ts';

/** Reads one document from outside. @throws ThroughlineError `invalid-definition` */
type Check<T> = (document: unknown) => T;

/**
 * The documents that a projection was given, checked.
 *
 * @throws ThroughlineError `invalid-definition` for one that it does not take, or that does not match its schema.
 */
export function documentsOf<Taken extends Readonly<Record<string, Check<unknown>>>>(
  projection: string,
  documents: Documents,
  taken: Taken,
): { readonly [name in keyof Taken]?: ReturnType<Taken[name]> } {
  const read: Record<string, unknown> = {};
  for (const [name, document] of Object.entries(documents)) {
    if (!Object.hasOwn(taken, name)) {
      const names = Object.keys(taken).join(', ') || 'none';
      throw new ThroughlineError(
        'invalid-definition',
        `${projection} takes no ${name}; of definitions it takes: ${names}.`,
      );
    }
    read[name] = taken[name]!(document);
  }
  return read as { readonly [name in keyof Taken]?: ReturnType<Taken[name]> };
}
