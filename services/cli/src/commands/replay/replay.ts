import { Command } from 'commander';
import { diffCommand } from './diff.ts';
import { giveCommands } from './give.ts';
import { startCommand } from './start.ts';
import { statusCommand } from './status.ts';
import { tellCommands } from './tell.ts';
import { versionsCommand } from './versions.ts';

export function replayCommand(): Command {
  const command = new Command('replay')
    .summary('build a version from history beside the live one, compare, promote, go back')
    .description(
      'Builds a new version of a projection from history, beside the live one; compares the two; gives readers the new one, and goes back.\n\ndocs/guides/replay.md walks through it.',
    );
  const commands = [
    startCommand(),
    statusCommand(),
    ...tellCommands(),
    diffCommand(),
    ...giveCommands(),
    versionsCommand(),
  ];
  for (const each of commands) command.addCommand(each);
  return command;
}
