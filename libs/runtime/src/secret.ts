import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyBytes, type Settings } from './settings.ts';
import { SettingsError } from './settings-error.ts';

/**
 * The deployment's secret, under which identifiers become keys: `THROUGHLINE_KEY` where it is given (it is then not written
 * down), else `<data>/key`, made once, readable by its owner only. It never rotates, since under another one every
 * customer's next touchpoint would go to another stream: `<data>/key.check` tells another secret from the first.
 *
 * @throws SettingsError when the key file is damaged, or the secret is not the one this data folder began with.
 */
export function deploymentSecret(settings: Pick<Settings, 'data' | 'givenKey'>): Uint8Array {
  mkdirSync(settings.data, { recursive: true });
  const file = join(settings.data, 'key');
  const secret = settings.givenKey() ?? keyIn(file);
  const check = createHmac('sha256', secret).update('throughline key check').digest('hex');
  if (writeOnce(join(settings.data, 'key.check'), check) !== check) {
    throw new SettingsError([['THROUGHLINE_KEY', 'the secret that this data folder began with']]);
  }
  return secret;
}

function keyIn(file: string): Uint8Array {
  const key = keyBytes(writeOnce(file, randomBytes(32).toString('hex')));
  if (!key) throw new SettingsError([[file, 'at least 32 bytes in hex, as it was made']]);
  return key;
}

/** What the file says; `text` where there was none. A link, so that of two processes one wins and neither reads half a file. */
function writeOnce(file: string, text: string): string {
  // Not by the process's number: in containers that share the folder every process may have the same.
  const own = `${file}.${randomUUID()}`;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    writeFileSync(own, `${text}\n`, { mode: 0o600, flush: true });
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return readFileSync(file, 'utf8').trim();
}
