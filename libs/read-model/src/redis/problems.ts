import { problemCode, ThroughlineError } from '@throughline/contracts';

/**
 * What the vendor threw, as an error of the catalogue. The vendor's own is left behind: it carries the command it failed at, and
 * with it passwords or personal data.
 */
export function translated(error: unknown): Error {
  if (problemCode(error) !== undefined) return error as Error;
  const message = error instanceof Error ? error.message : '';
  const word = /^-?([A-Z]{3,})\b/.exec(message)?.[1];
  // Inside a script the server says which line failed, around the error itself.
  if (message.includes('OOM command not allowed')) return new ThroughlineError('read-model-full');
  // A mistake of ours, not the server's state. What it says may quote arguments, but a script's own mistakes do not.
  if (word === 'WRONGTYPE' || (word === 'ERR' && !message.startsWith('ERR max number of clients'))) {
    return new Error(`Redis refused a command: ${message.includes('user_script') ? message.slice(0, 200) : word}.`);
  }
  return new ThroughlineError('read-model-unavailable', detailOf(error, word));
}

/** Whether the error says that a script is not there. */
export function isNoScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

function detailOf(error: unknown, word: string | undefined): string | undefined {
  switch (word) {
    case 'WRONGPASS':
    case 'NOAUTH':
    case 'NOPERM':
      return 'It refuses this user or password.';
    case 'MISCONF':
      return 'It cannot write to its own disk.';
    default:
      return word ?? systemCode(error);
  }
}

/** The system's own word for what happened: `ECONNREFUSED`. */
function systemCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? `${code}.` : undefined;
}
