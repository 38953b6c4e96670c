import { IDENTITY } from '@throughline/contracts';
import { Command } from 'commander';
import { Client } from '../api/client.ts';
import type { Started } from '../api/replays.ts';
import { readJson } from '../replay/definitions.ts';
import { untilBuilt } from '../replay/until-built.ts';
import { paint } from '../terminal/style.ts';
import { wholeNumber } from './options.ts';
import { askedBy, command, said, show } from './replay/asked.ts';
import { comparing, gather, type Comparing } from './replay/diff.ts';

interface Options extends Comparing {
  readonly rules: string;
  readonly wait: boolean;
}

export function identityCommand(): Command {
  return new Command('identity')
    .summary('resolve identity anew by other rules, beside the live ones')
    .description('Which keys are one customer. docs/guides/replay.md says how other rules are tried and taken.')
    .addCommand(reresolveCommand());
}

function reresolveCommand(): Command {
  return askedBy(
    command(
      'reresolve',
      'Resolves identity anew from the whole log, by other rules, beside the version that is live; compares the two: whom the rules split and merge, what they refuse.\n\nNothing changes for readers until it is promoted: replay promote identity.',
      [
        'reresolve --rules rules-v2.json --reason "households share phones"',
        'reresolve --rules rules-v2.json --fail-if "split>0" --fail-if "largest>50"',
      ],
      'identity',
    ),
  )
    .requiredOption('--rules <file>', 'the rules, as JSON, with a version number of their own')
    .option('--no-wait', 'only start it: compare it later with replay diff identity')
    .option(
      '--fail-if <limit>',
      'end with 6 beyond it: split>0, merged>5% (customers), moved>100 (keys), largest>50; may be repeated',
      gather,
    )
    .option('--top <n>', 'so many of those that are split, and of those that are merged', wholeNumber, 5)
    .action(reresolve);
}

async function reresolve(options: Options): Promise<void> {
  const rules = readJson(options.rules);
  const compareBoth = comparing(IDENTITY, options);
  const client = new Client();
  const started = await client.post<Started>(`/projections/${IDENTITY}/replays`, {
    ...said(options),
    documents: { rules },
  });
  if (!options.wait) return show(started, options, begunText);
  await untilBuilt(client, IDENTITY, started.replay);
  await compareBoth(client, started.replay, true);
}

function begunText({ version }: Started): string {
  const begun = `${paint.bold(IDENTITY)}: version ${version} is being resolved beside the live one, which goes on.\n`;
  return begun + paint.dim(`Watch it: npx throughline replay status ${IDENTITY} --watch\n`);
}
