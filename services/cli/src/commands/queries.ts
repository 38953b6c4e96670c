/** The commands that ask. */
import { PROJECTION_NAMES } from '@throughline/projections';
import { Command } from 'commander';
import type {
  BalanceGrid,
  CustomerAnswer,
  CustomerPage,
  Explanation,
  Metric,
  MetricAnswer,
  ProjectedCustomer,
  ProjectionsAnswer,
} from '../api/answers.ts';
import { Client } from '../api/client.ts';
import { EXIT, Stop } from '../exit.ts';
import { checkProjection } from '../replay/definitions.ts';
import { balanceText } from '../show/balance.ts';
import { customerText } from '../show/customer.ts';
import { explanationText } from '../show/explanation.ts';
import { metricsText, metricText } from '../show/metric.ts';
import { duration } from '../terminal/numbers.ts';
import { print } from '../terminal/print.ts';
import { paint } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { wholeNumber } from './options.ts';

export const WHO = 'a customer’s id, or an identifier as type:value';

interface Asked {
  readonly json?: true;
  readonly after?: string;
}

/** Prints an answer as text, or with --json as it came. */
async function show<T>(answer: T, asked: Asked, text: (answer: T) => string): Promise<void> {
  await print(asked.json ? `${JSON.stringify(answer, undefined, 2)}\n` : text(answer));
}

function question(name: string, summary: string, examples: readonly string[]): Command {
  return new Command(name)
    .summary(summary)
    .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`)
    .option('--json', 'print the platform’s answer as JSON')
    .option('--after <position>', 'wait until the views show what was sent up to there')
    .addHelpText(
      'after',
      `\nExample${examples.length > 1 ? 's' : ''}:\n${examples.map((example) => `  $ npx throughline ${example}`).join('\n')}`,
    );
}

interface CustomerAsked extends Asked {
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly version?: string;
  readonly projection?: string;
}

export function customerCommand(): Command {
  return question('customer', 'show one customer from both sides', [
    'customer phone:977-806-9726',
    'customer email:ada@example.com --json',
    'customer 0f4c1b9e7a2d4c6f8b1e3a5d7c9f0b2d',
    'customer email:ada@example.com --as-of 2024-05-01 --known-at 2024-06-01',
    'customer email:ada@example.com --projection cem',
  ])
    .enablePositionalOptions()
    .argument('<customer>', WHO)
    .option('--as-of <day>', 'as they were then: of what happened up to that day or time')
    .option('--known-at <time>', 'as was known then: who they were, and by which definitions')
    .option('--version <version>', 'by the definitions of this version: throughline replay versions cem')
    .option('--projection <name>', `as one projection has them, whole: ${PROJECTION_NAMES.join(', ')}`)
    .action(async (who: string, asked: CustomerAsked) => {
      const client = new Client();
      if (asked.projection !== undefined)
        return show(await projectedOf(client, who, asked.projection, asked), asked, projectedText);
      await show(await customerOf(client, who, asked), asked, customerText);
    });
}

export function explainCommand(): Command {
  return question('explain', 'tell why a customer’s score is what it is', [
    'explain phone:977-806-9726',
    'explain client:C00001925 --top 50',
  ])
    .argument('<customer>', WHO)
    .option('--top <n>', 'how many parts to tell, the strongest', wholeNumber, 12)
    .action(async (who: string, asked: Asked & { top: number }) => {
      const client = new Client();
      const id = await idOf(client, who, asked);
      await show(await explanationOf(client, id, asked), asked, (answer) => explanationText(answer, asked.top));
    });
}

export function projectionsCommand(): Command {
  return question('projections', 'show how far each projection has come', ['projections']).action(
    async (asked: Asked) => {
      const client = new Client();
      await show(await client.get<ProjectionsAnswer>('/projections', { after: asked.after }), asked, projectionsText);
    },
  );
}

export function balanceCommand(): Command {
  return question('balance', 'show the company’s balance: value to the company × value to the customer', [
    'balance',
  ]).action(async (asked: Asked) => {
    const client = new Client();
    await show(await client.get<BalanceGrid>('/balance', { after: asked.after }), asked, balanceText);
  });
}

interface MetricAsked extends Asked {
  readonly by?: string;
  readonly where?: string;
  readonly grain?: string;
  readonly from?: string;
  readonly to?: string;
}

export function metricsCommand(): Command {
  return question('metrics', 'list the metrics, or show one', [
    'metrics',
    'metrics complaints --by channel',
    'metrics service-time --where "outcome==answered"',
    'metrics nps --by channel --grain month --from 2026-01-01',
  ])
    .argument('[name]', 'a metric; all are listed without it')
    .option('--by <dimensions>', 'cut by these, separated by commas')
    .option('--where <conditions>', 'only these: RSQL over the dimensions, such as "channel==phone"')
    .option('--grain <grain>', 'over time: day, week, month, quarter or year')
    .option('--from <day>', 'the first day, such as 2026-01-01')
    .option('--to <day>', 'the last day, inclusive')
    .action(async (name: string | undefined, asked: MetricAsked) => {
      const client = new Client();
      const { by, where, grain, from, to, after } = asked;
      if (name === undefined)
        return show(await client.get<{ items: readonly Metric[] }>('/metrics', { after }), asked, ({ items }) =>
          metricsText(items),
        );
      const answer = await client.get<MetricAnswer>(`/metrics/${encodeURIComponent(name)}`, {
        by,
        where,
        grain,
        from,
        to,
        after,
      });
      return show(answer, asked, (found) => metricText(found, by?.split(',') ?? []));
    });
}

/** @throws Stop (not found) when nobody has the identifier. */
export async function idOf(client: Client, who: string, { after }: Asked = {}): Promise<string> {
  if (/^[0-9a-f]{32}$/.test(who)) return who;
  if (!who.includes(':'))
    throw new Stop(
      EXIT.usage,
      `${WHO[0]!.toUpperCase()}${WHO.slice(1)} is wanted.`,
      'For example: npx throughline customer phone:977-806-9726',
    );
  const { items } = await client.get<CustomerPage>('/customers', { identifier: who, after });
  if (!items[0])
    throw new Stop(
      EXIT.notFound,
      'No customer has this identifier.',
      'Identifiers are written type:value, such as phone:977-806-9726; the types are those that touchpoints name.',
    );
  return items[0].id;
}

export async function customerOf(client: Client, who: string, asked: CustomerAsked = {}): Promise<CustomerAnswer> {
  const { after, asOf, knownAt, version } = asked;
  return client.get<CustomerAnswer>(`/customers/${await idOf(client, who, asked)}`, { after, asOf, knownAt, version });
}

/** @throws Stop (usage) for a projection that there is not, and where the past is asked for. */
async function projectedOf(
  client: Client,
  who: string,
  projection: string,
  asked: CustomerAsked,
): Promise<ProjectedCustomer> {
  checkProjection(projection);
  const { after, asOf, knownAt, version } = asked;
  if ((asOf ?? knownAt) !== undefined)
    throw new Stop(EXIT.usage, 'The past is told from all sides at once.', 'Leave --projection out.');
  const id = await idOf(client, who, asked);
  return client.get<ProjectedCustomer>(`/projections/${projection}/customers/${id}`, { after, version });
}

export async function explanationOf(client: Client, id: string, { after }: Asked = {}): Promise<Explanation> {
  return client.get<Explanation>(`/customers/${id}/explain`, { after });
}

function projectedText({ id, projection, version, incomplete, view }: ProjectedCustomer): string {
  const lacking = incomplete
    ? `${paint.yellow('Incomplete: some touchpoint could not be folded and is parked.')}\n`
    : '';
  return `${paint.bold(projection)}: customer ${id} ${paint.dim(`by version ${version}`)}\n${lacking}${JSON.stringify(view, undefined, 2)}\n`;
}

function projectionsText({ head, identity, items }: ProjectionsAnswer): string {
  const rows = items.map(({ name, version, position, lag, day, parked }) => [
    paint.bold(name),
    version,
    position,
    lag.caughtUp ? paint.green('up to date') : paint.yellow(`${duration(lag.seconds)} behind`),
    day ?? '',
    parked === null ? paint.yellow('being built') : parked > 0 ? paint.yellow(String(parked)) : '0',
  ]);
  const columns = [
    { title: 'name' },
    { title: 'version' },
    { title: 'position' },
    { title: 'lag' },
    { title: 'day' },
    { title: 'parked', align: 'right' as const },
  ];
  return `${table(columns, rows)}\n${paint.dim(`log's head ${head}, identity has decided up to ${identity}`)}\n`;
}
