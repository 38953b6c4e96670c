import { userInfo } from 'node:os';
import { EXIT, Stop } from '../exit.ts';

/** Who asks: as told, else as the environment says, else the system's user. @throws Stop (usage) where nobody can be named. */
export function authorOf(told: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const author = told ?? (env['THROUGHLINE_AUTHOR'] || systemUser());
  if (author === undefined || author.trim() === '')
    throw new Stop(EXIT.usage, 'Who asks for this is not known.', 'Say --author <name>, or set THROUGHLINE_AUTHOR.');
  return author.trim();
}

/** A container may run as a number that has no name. */
function systemUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
