import { PROBLEMS, problemCode, type VersionDiff } from '@throughline/contracts';
import type { Command } from 'commander';
import { Client } from '../../api/client.ts';
import type { DiffAnswer, DiffAsked, VersionsAnswer } from '../../api/replays.ts';
import { EXIT, Stop } from '../../exit.ts';
import { checkProjection } from '../../replay/definitions.ts';
import { explainMovers } from '../../replay/explain-movers.ts';
import { exceededOf, readLimits } from '../../replay/limits.ts';
import { comparison, openReplay } from '../../replay/replays.ts';
import { diffText, headline } from '../../show/diff.ts';
import { documentsText } from '../../show/documents.ts';
import { ASCII, BLOCKS } from '../../show/histogram.ts';
import { print } from '../../terminal/print.ts';
import { hasColours } from '../../terminal/style.ts';
import { wholeNumber } from '../options.ts';
import { decision, PROJECTION, said, type AskedBy } from './asked.ts';

interface Options extends AskedBy {
  readonly failIf?: readonly string[];
  readonly field?: readonly string[];
  readonly top: number;
}

const gather = (text: string, before: readonly string[] = []) => [...before, text];

const LIMITS = `
Limits, each in quotes, as a number or (of counts) in percent:
  changed>5%               customers who differ; likewise only-in-old, only-in-new
  cem.score.changed>10%    customers whose field differs; likewise .gained, .lost
  cem.score.largest>20     the greatest change of a field; likewise .mean-absolute
  metric.nps.changed>0     cells of a metric that differ
  folded-differ            the two did not fold the same touchpoints

Ends with 6 when a limit is exceeded, each said in one line on standard error.`;

export function diffCommand(): Command {
  return decision(
    'diff',
    'Compares the version that was built with the live one, both at exactly the same place of the log: who is in one only, what moves, by how much, for whom most and why.',
    [
      'diff cem',
      'diff cem --fail-if "cem.score.changed>10%" --fail-if "only-in-old>0"',
      'diff cem --field cem.stated --top 20',
    ],
  )
    .argument('<projection>', PROJECTION)
    .option(
      '--fail-if <limit>',
      'end with 6 where more than this differs, such as "changed>5%"; may be repeated',
      gather,
    )
    .option('--field <name>', 'tell this field in full (default: the projection’s own); may be repeated', gather)
    .option('--top <n>', 'so many of those it moves most', wholeNumber, 5)
    .addHelpText('after', LIMITS)
    .action(diff);
}

async function diff(projection: string, options: Options): Promise<void> {
  checkProjection(projection);
  const limits = readLimits(options.failIf ?? []);
  const client = new Client();
  const { replay, sample } = await openReplay(client, projection);
  const answer = await compared(client, projection, replay, options);
  const over = exceededOf(limits, answer.report);
  if (options.json) await print(`${JSON.stringify({ ...answer, exceeded: over }, undefined, 2)}\n`);
  else await print(await text(client, answer.report, options));
  if (over.length > 0)
    throw new Stop(
      EXIT.exceeded,
      over.map(({ line }) => line).join('\n'),
      `It is not promoted. Look who moves, and why; then promote it all the same, or give it up: npx throughline replay cancel ${projection}`,
    );
  if (!options.json && !sample)
    process.stderr.write(`Promote it: npx throughline replay promote ${projection} --reason …\n`);
}

/** @throws Stop where the comparison failed. */
async function compared(
  client: Client,
  projection: string,
  replay: string,
  options: Options,
): Promise<DiffAnswer & { readonly report: VersionDiff }> {
  const path = `/projections/${projection}/replays/${replay}/diffs`;
  const { diff: id } = await client.post<DiffAsked>(path, said(options));
  if (process.stderr.isTTY) process.stderr.write('Comparing both versions…\n');
  const answer = await comparison(client, projection, replay, id);
  if (answer.report) return { ...answer, report: answer.report };
  const code = problemCode({ code: answer.failed }) ?? 'diff-failed';
  throw new Stop(EXIT.failed, PROBLEMS[code].title, `Ask again: npx throughline replay diff ${projection}`);
}

async function text(client: Client, report: VersionDiff, { field = [], top }: Options): Promise<string> {
  const none = field.find((name) => !report.compared.fields.includes(name));
  if (none !== undefined)
    throw new Stop(EXIT.usage, `There is no field ${none}.`, `There are: ${report.compared.fields.join(', ')}.`);
  const { items } = await client.get<VersionsAnswer>(`/projections/${report.projection}/versions`);
  const made = (version: string) => {
    const kept = items.find((item) => item.version === version);
    return kept ? documentsText(kept.documents) : '';
  };
  const shown = {
    diff: report,
    made: { from: made(report.from), to: made(report.to) },
    inFull: field.length > 0 ? field : headline(report),
    explained: await explainMovers(client, report, top),
    top,
  };
  return diffText(shown, hasColours(process.stdout) ? BLOCKS : ASCII);
}
