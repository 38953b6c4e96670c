import { ThroughlineError } from '@throughline/contracts';

/**
 * Where a paged answer goes on: plain data in base64url, opaque to whoever holds it. `question` is what it was given for; it
 * answers no other.
 *
 * @throws ThroughlineError `invalid-query` when it was not made here, or for another question.
 */
export function readCursor<T extends object>(
  text: string,
  question: string,
  isState: (value: object) => value is T,
): T {
  const found = parse(text);
  if (!found || !isState(found.state))
    throw new ThroughlineError('invalid-query', 'The cursor is not one that this service gave out.');
  if (found.question !== question) {
    throw new ThroughlineError('invalid-query', 'The cursor belongs to another question. Start without it.');
  }
  return found.state;
}

export function writeCursor(question: string, state: object): string {
  return Buffer.from(JSON.stringify({ question, state })).toString('base64url');
}

function parse(text: string): { question: unknown; state: object } | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    const { question, state } = value as { question: unknown; state: unknown };
    return typeof state === 'object' && state !== null ? { question, state } : undefined;
  } catch {
    return undefined;
  }
}
