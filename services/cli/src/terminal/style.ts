/** Colours, only where a person looks: on a terminal, unless NO_COLOR says no. */
import { createColors } from 'picocolors';

type Stream = { readonly isTTY?: boolean };

export function hasColours(stream: Stream, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env['NO_COLOR']) return false;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** For standard output. */
export const paint = createColors(hasColours(process.stdout));
/** For standard error. */
export const paintError = createColors(hasColours(process.stderr));
