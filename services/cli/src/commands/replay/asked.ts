/** What the commands of a replay share. */
import { IDENTITY } from '@throughline/contracts';
import { PROJECTION_NAMES } from '@throughline/projections';
import { Command } from 'commander';
import { authorOf } from '../../replay/author.ts';
import { print } from '../../terminal/print.ts';

export interface Asked {
  readonly json?: true;
}

export interface AskedBy extends Asked {
  readonly author?: string;
  readonly reason?: string;
}

export const PROJECTION = `the projection: ${PROJECTION_NAMES.join(', ')}`;
/** What has versions beside each other. */
export const VERSIONED = `${PROJECTION}; or ${IDENTITY}`;

/** A command with `--json` and examples. @param group The command that it is one of. */
export function command(name: string, description: string, examples: readonly string[], group = 'replay'): Command {
  const title = `\nExample${examples.length > 1 ? 's' : ''}:\n`;
  return new Command(name)
    .description(description)
    .option('--json', 'print the platform’s answer as JSON')
    .addHelpText('after', title + examples.map((example) => `  $ npx throughline ${group} ${example}`).join('\n'));
}

/** A command that changes something: who asked, and why, stays in the log. */
export function decision(
  name: string,
  description: string,
  examples: readonly string[],
  isReasonWanted = false,
): Command {
  return askedBy(command(name, description, examples), isReasonWanted);
}

/** Has a command ask who asks, and why. */
export function askedBy(asking: Command, isReasonWanted = false): Command {
  const decided = asking.option('--author <name>', 'who asks (default THROUGHLINE_AUTHOR, or the system’s user)');
  return isReasonWanted
    ? decided.requiredOption('--reason <text>', 'why, for whoever reads the story later')
    : decided.option('--reason <text>', 'why, for whoever reads the story later');
}

/** Who asks and why, as the platform takes it. */
export function said({ author, reason }: AskedBy): { readonly author: string; readonly reason?: string } {
  return { author: authorOf(author), ...(reason !== undefined && { reason }) };
}

/** Prints an answer as text, or with --json as it came. */
export async function show<T>(answer: T, { json }: Asked, text: (answer: T) => string): Promise<void> {
  await print(json ? `${JSON.stringify(answer, undefined, 2)}\n` : text(answer));
}
