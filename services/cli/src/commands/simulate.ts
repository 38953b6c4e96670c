import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { simulateLines } from '@throughline/simulator';
import { Command } from 'commander';
import { wholeNumber } from './options.ts';
import { EXIT, Stop } from '../exit.ts';
import { print } from '../terminal/print.ts';

interface Options {
  readonly customers: number;
  readonly days: number;
  readonly seed: number;
  readonly until?: string;
  readonly out?: string;
}

/** Characters written at a time. */
const BLOCK = 64 * 1024;
/** Where the days end unless told: a fixed day, so that the same command gives the same touchpoints on any day. */
export const DEFAULT_UNTIL = '2026-01-01T00:00:00Z';

export function simulateCommand(): Command {
  return new Command('simulate')
    .summary('make touchpoints of simulated customers')
    .description(
      'Makes touchpoints of a bank-and-shop over seven channels as NDJSON: the same options give the same touchpoints, to the byte. All are marked as simulated.',
    )
    .option('--customers <n>', 'how many people', wholeNumber, 1000)
    .option('--days <n>', 'over how many days', wholeNumber, 365)
    .option('--seed <n>', 'another seed, another history', wholeNumber, 1)
    .option('--until <time>', `when the days end (RFC 3339; default ${DEFAULT_UNTIL})`)
    .option('--out <file>', 'write to a file instead of standard output')
    .addHelpText(
      'after',
      `
Examples:
  $ npx throughline simulate --customers 100 --days 30 --seed 7 | head -3
  $ npx throughline simulate --customers 5000 --days 365 --out touchpoints.ndjson
  $ npx throughline simulate | curl -sS --data-binary @- http://127.0.0.1:4600/touchpoints`,
    )
    .action(run);
}

async function run({ customers, days, seed, until = DEFAULT_UNTIL, out }: Options): Promise<void> {
  const end = Date.parse(until);
  if (Number.isNaN(end)) throw new Stop(EXIT.usage, '--until is no time.', `Write one such as ${DEFAULT_UNTIL}.`);
  const file = out === undefined ? undefined : createWriteStream(out);
  const write = async (text: string) => {
    if (!file) return print(text);
    if (!file.write(text)) await once(file, 'drain');
    return true;
  };
  let block = '';
  for (const line of simulateLines({ customers, days, seed, until: end })) {
    block += `${line}\n`;
    if (block.length < BLOCK) continue;
    if (!(await write(block))) return;
    block = '';
  }
  await write(block);
  if (file) {
    file.end();
    await once(file, 'close');
  }
}
