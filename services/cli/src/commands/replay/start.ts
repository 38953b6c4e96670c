import type { JsonObject, Sample } from '@throughline/contracts';
import { InvalidArgumentError, type Command } from 'commander';
import { Client } from '../../api/client.ts';
import type { EstimateAnswer, ReplayAnswer, Started } from '../../api/replays.ts';
import { checkProjection, readDefinitions } from '../../replay/definitions.ts';
import { untilBuilt } from '../../replay/until-built.ts';
import { estimateText } from '../../show/estimate.ts';
import { nextStep } from '../../show/standing.ts';
import { count, duration } from '../../terminal/numbers.ts';
import { paint } from '../../terminal/style.ts';
import { wholeNumber } from '../options.ts';
import { decision, PROJECTION, said, show, type AskedBy } from './asked.ts';

interface Options extends AskedBy {
  readonly definition?: readonly string[];
  readonly wait?: true;
  readonly dryRun?: true;
  readonly sample?: Sample;
  readonly workers?: number;
  readonly source: 'copy' | 'log';
}

export function startCommand(): Command {
  return decision(
    'start',
    'Builds a version of a projection from the whole log, beside the live one, which goes on serving.\n\nWithout a definition the live ones are built again: the two must then be equal.',
    [
      'start cem --definition examples/definitions/score-v2.json --wait',
      'start cem --dry-run',
      'start balance --definition grid=grid-v2.json --sample 1/16',
    ],
  )
    .argument('<projection>', PROJECTION)
    .option(
      '--definition <[name=]file>',
      'a definition in place of the live one, as JSON; may be repeated',
      (file: string, before: readonly string[] = []) => [...before, file],
    )
    .option('--wait', 'wait until it is built; ends with 1 if it cannot be')
    .option('--dry-run', 'start nothing: tell what it would cost')
    .option('--sample <n/16>', 'only a slice of the customers, such as 1/16', sample)
    .option('--workers <n>', 'threads that build (default: as many as there are cores)', workers)
    .option('--source <source>', 'read this host’s copy of the log, or the log’s server: copy or log', source, 'copy')
    .action(start);
}

async function start(projection: string, options: Options): Promise<void> {
  checkProjection(projection);
  const documents = options.definition && readDefinitions(projection, options.definition);
  const client = new Client();
  if (options.dryRun) return estimate(client, projection, options);
  const started = await client.post<Started>(`/projections/${projection}/replays`, asked(documents, options));
  if (!options.wait) {
    const begun = `${paint.bold(projection)}: version ${started.version} is being built beside the live one, which goes on serving.\n`;
    const next = paint.dim(`Watch it: npx throughline replay status ${projection} --watch\n`);
    return show(started, options, () => begun + next);
  }
  return show(await untilBuilt(client, projection, started.replay), options, builtText);
}

function asked(documents: JsonObject | undefined, options: Options): object {
  const { sample: slice, workers: threads, source: from } = options;
  return {
    ...said(options),
    ...(documents && { documents }),
    source: from,
    ...(slice && { sample: slice }),
    ...(threads !== undefined && { workers: threads }),
  };
}

async function estimate(client: Client, projection: string, options: Options): Promise<void> {
  const answer = await client.get<EstimateAnswer>(`/projections/${projection}/replays/estimate`, {
    workers: options.workers?.toString(),
    digits: options.sample?.digits.toString(),
  });
  return show(answer, options, estimateText);
}

function builtText(replay: ReplayAnswer): string {
  const { projection, version, built } = replay;
  const figures =
    built?.touchpoints !== undefined && built.customers !== undefined
      ? `  ${paint.dim(`${count(built.touchpoints)} touchpoints, ${count(built.customers)} customers in ${duration(built.seconds)}`)}`
      : '';
  return `${paint.bold(projection)}: version ${version} is built, and follows the log.${figures}\n${paint.dim(nextStep(replay))}\n`;
}

/** `1/16` to `15/16`, or the same in smaller parts. */
function sample(text: string): Sample {
  const [, over, under] = /^(\d{1,2})\/(\d{1,2})$/.exec(text) ?? [];
  const digits = (16 * Number(over)) / Number(under);
  if (!Number.isInteger(digits) || digits < 1 || digits > 15)
    throw new InvalidArgumentError('It must be sixteenths, such as 1/16 or 1/4.');
  return { digits };
}

function workers(text: string): number {
  const threads = wholeNumber(text);
  if (threads < 1) throw new InvalidArgumentError('At least one must build.');
  return threads;
}

function source(text: string): string {
  if (text !== 'copy' && text !== 'log') throw new InvalidArgumentError('It is copy or log.');
  return text;
}
