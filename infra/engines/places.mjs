/** Where the engines of this machine keep what they are made of, and what they hold. */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Data, logs and process ids of what `up` started. `THROUGHLINE_ENGINES_DIR`. */
export const STATE = process.env['THROUGHLINE_ENGINES_DIR'] || join(ROOT, '.throughline-engines');

/** What was downloaded once, for every checkout. `THROUGHLINE_ENGINES_CACHE`. */
export const CACHE =
  process.env['THROUGHLINE_ENGINES_CACHE'] ||
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'throughline', 'engines');
