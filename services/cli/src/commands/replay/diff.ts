import { IDENTITY, isIdentityDiff, type IdentityDiff, type VersionDiff } from '@throughline/contracts';
import type { Command } from 'commander';
import { Client } from '../../api/client.ts';
import type { VersionsAnswer } from '../../api/replays.ts';
import { EXIT, Stop } from '../../exit.ts';
import { checkVersioned } from '../../replay/definitions.ts';
import { compare } from '../../replay/compare.ts';
import { explainMovers } from '../../replay/explain-movers.ts';
import { identityLimitsOf, limitsOf } from '../../replay/limits.ts';
import { openReplay } from '../../replay/replays.ts';
import { diffText, headline } from '../../show/diff.ts';
import { documentsText } from '../../show/documents.ts';
import { ASCII, BLOCKS } from '../../show/histogram.ts';
import { identityDiffText } from '../../show/identity-diff.ts';
import { print } from '../../terminal/print.ts';
import { hasColours } from '../../terminal/style.ts';
import { wholeNumber } from '../options.ts';
import { decision, said, VERSIONED, type AskedBy } from './asked.ts';

export interface Comparing extends AskedBy {
  readonly failIf?: readonly string[];
  readonly field?: readonly string[];
  readonly top: number;
}

/** For an option that may be repeated. */
export const gather = (text: string, before: readonly string[] = []) => [...before, text];

const LIMITS = `
Limits, each in quotes, as a number or (of counts) in percent:
  changed>5%               customers who differ; likewise only-in-old, only-in-new
  cem.score.changed>10%    customers whose field differs; likewise .gained, .lost
  cem.score.largest>20     the greatest change of a field; likewise .mean-absolute
  metric.nps.changed>0     cells of a metric that differ
  folded-differ            the two did not fold the same touchpoints
Of identity: split>0, merged>5% (customers), moved>100 (keys), largest>50 (keys of one customer)

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
    .argument('<projection>', VERSIONED)
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

async function diff(projection: string, options: Comparing): Promise<void> {
  checkVersioned(projection);
  const compareBoth = comparing(projection, options);
  const client = new Client();
  const { replay, sample } = await openReplay(client, projection);
  await compareBoth(client, replay, sample === undefined);
}

/** How a projection's versions are compared and told of. @throws Stop (usage) for limits that it does not have, before anything is asked. */
export function comparing(
  projection: string,
  options: Comparing,
): (client: Client, replay: string, canBePromoted: boolean) => Promise<void> {
  const texts = options.failIf ?? [];
  if (projection === IDENTITY && options.field)
    throw new Stop(EXIT.usage, 'Identity has no fields.', 'Its report is told in full.');
  const limits = projection === IDENTITY ? { identity: identityLimitsOf(texts) } : { views: limitsOf(texts) };
  return async (client, replay, canBePromoted) => {
    const answer = await compare(client, projection, replay, said(options));
    const { report } = answer;
    const over = isIdentityDiff(report) ? (limits.identity?.(report) ?? []) : (limits.views?.(report) ?? []);
    if (options.json) await print(`${JSON.stringify({ ...answer, exceeded: over }, undefined, 2)}\n`);
    else
      await print(
        isIdentityDiff(report) ? await identityText(client, report, options) : await text(client, report, options),
      );
    if (over.length > 0)
      throw new Stop(
        EXIT.exceeded,
        over.map(({ line }) => line).join('\n'),
        `It is not promoted. Look who moves, and why; then promote it all the same, or give it up: npx throughline replay cancel ${projection}`,
      );
    if (!options.json && canBePromoted)
      process.stderr.write(`Promote it: npx throughline replay promote ${projection} --reason …\n`);
  };
}

async function identityText(client: Client, diff: IdentityDiff, { top }: Comparing): Promise<string> {
  const made = await madeOf(client, IDENTITY);
  return identityDiffText({ diff, made: { from: made(diff.from), to: made(diff.to) }, top }, ink());
}

async function text(client: Client, report: VersionDiff, { field = [], top }: Comparing): Promise<string> {
  const none = field.find((name) => !report.compared.fields.includes(name));
  if (none !== undefined)
    throw new Stop(EXIT.usage, `There is no field ${none}.`, `There are: ${report.compared.fields.join(', ')}.`);
  const made = await madeOf(client, report.projection);
  const shown = {
    diff: report,
    made: { from: made(report.from), to: made(report.to) },
    inFull: field.length > 0 ? field : headline(report),
    explained: await explainMovers(client, report, top),
    top,
  };
  return diffText(shown, ink());
}

/** By version, what it is made of, in words. */
async function madeOf(client: Client, projection: string): Promise<(version: string) => string> {
  const { items } = await client.get<VersionsAnswer>(`/projections/${projection}/versions`);
  return (version) => {
    const kept = items.find((item) => item.version === version);
    return kept ? documentsText(kept.documents) : '';
  };
}

const ink = () => (hasColours(process.stdout) ? BLOCKS : ASCII);
