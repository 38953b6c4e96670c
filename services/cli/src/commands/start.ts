import { Command } from 'commander';
import * as platforms from '../platform.ts';
import { paint } from '../terminal/style.ts';
import { print } from '../terminal/print.ts';
import { port } from './options.ts';

export function startCommand(): Command {
  return new Command('start')
    .summary('run the platform')
    .description(
      'Runs the whole platform in one process until Ctrl-C.\n\nThe environment says the rest: THROUGHLINE_DATA, HOST, PORT, THROUGHLINE_TIME_ZONE, THROUGHLINE_CURRENCY,\nTHROUGHLINE_PHONE_REGION, THROUGHLINE_KEY, LOG_LEVEL.',
    )
    .option('--port <port>', 'the port to listen on (default 4600, or PORT)', port)
    .option('--data <folder>', 'where the data lives (default .throughline, or THROUGHLINE_DATA)')
    .addHelpText(
      'after',
      `
Examples:
  $ npx throughline start
  $ npx throughline start --port 4700 --data /var/lib/throughline`,
    )
    .action(async (where: platforms.Where) => {
      const platform = await platforms.run(where, 'info');
      await print(
        `Throughline serves at ${paint.bold(platform.url)}, its reference at ${platform.url}/docs. Ctrl-C ends it.\n`,
      );
      await platform.ended;
    });
}
