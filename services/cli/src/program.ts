import { Command, CommanderError } from 'commander';
import { demoCommand } from './commands/demo.ts';
import { identityCommand } from './commands/identity.ts';
import { importCommand } from './commands/import.ts';
import { parkedCommand } from './commands/parked.ts';
import { quarantineCommand } from './commands/quarantine.ts';
import {
  balanceCommand,
  customerCommand,
  explainCommand,
  metricsCommand,
  projectionsCommand,
} from './commands/queries.ts';
import { rebuildCommand } from './commands/rebuild.ts';
import { replayCommand } from './commands/replay/replay.ts';
import { simulateCommand } from './commands/simulate.ts';
import { startCommand } from './commands/start.ts';
import { EXIT, Stop } from './exit.ts';
import { paintError } from './terminal/style.ts';

const AFTER_HELP = `
Commands speak to the platform at THROUGHLINE_URL (default http://127.0.0.1:4600).

Exit codes:
  0 done · 1 failed · 2 the command or a map cannot be understood · 3 not found
  4 no platform answers (try again: it is safe) · 5 done, and something is in quarantine
  6 two versions differ by more than was allowed`;

function program(): Command {
  const root = new Command('throughline')
    .description('One log, two views: what a customer is to the company, and what the company is to the customer.')
    .helpCommand(false)
    // An option behind a command’s name is that command’s, though the ones before it may have one of the same name.
    .enablePositionalOptions()
    .addHelpText('after', AFTER_HELP);
  const commands = [
    startCommand(),
    demoCommand(),
    importCommand(),
    simulateCommand(),
    customerCommand().addCommand(rebuildCommand()),
    explainCommand(),
    metricsCommand(),
    balanceCommand(),
    projectionsCommand(),
    quarantineCommand(),
    parkedCommand(),
    replayCommand(),
    identityCommand(),
  ];
  for (const command of commands) root.addCommand(command);
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  for (const command of all(root))
    command.exitOverride().showHelpAfterError('See what it takes: add --help').configureHelp({ helpWidth: 96 });
  return root;
}

/** Runs a command line. Problems go to standard error, with the next step. @returns the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const root = program();
    if (args.length === 0) {
      root.outputHelp();
      return EXIT.ok;
    }
    await root.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof Stop) {
      process.stderr.write(
        `${paintError.red(error.message)}\n${error.nextStep === undefined ? '' : `${error.nextStep}\n`}`,
      );
      return error.exitCode;
    }
    process.stderr.write(
      `${paintError.red(error instanceof Error ? error.message : 'Something went wrong that should not.')}\n`,
    );
    if (process.env['LOG_LEVEL'] === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return EXIT.failed;
  }
}
