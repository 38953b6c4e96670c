import { newKey, uuidWords } from './embedded/key.ts';
import { StoredEvent } from './embedded/stored-event.ts';
import type { RecordedEvent } from './port.ts';

const words = newKey();

/** The id of an event as four 32-bit words, its first digits first; of a stored one without making its text. Good until the next call. */
export function idWords(event: RecordedEvent): Uint32Array {
  if (event instanceof StoredEvent) event.readIdWords(words);
  else uuidWords(event.id, words);
  return words;
}
