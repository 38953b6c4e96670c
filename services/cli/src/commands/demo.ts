import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulate, simulateLines, type SimulateOptions } from '@throughline/simulator';
import { Command } from 'commander';
import type { BalanceGrid, CustomerPage } from '../api/answers.ts';
import { Client, DEFAULT_URL } from '../api/client.ts';
import { untilVisible } from '../api/until-visible.ts';
import { Feed, type FeedTotals } from '../import/feed.ts';
import * as platforms from '../platform.ts';
import { balanceText } from '../show/balance.ts';
import { customerText } from '../show/customer.ts';
import { explanationText } from '../show/explanation.ts';
import { count } from '../terminal/numbers.ts';
import { print } from '../terminal/print.ts';
import { progress } from '../terminal/progress.ts';
import { paint } from '../terminal/style.ts';
import { port, wholeNumber } from './options.ts';
import { customerOf, explanationOf } from './queries.ts';

interface Options extends platforms.Where {
  readonly customers: number;
  readonly days: number;
  readonly seed: number;
}

/** What a data folder's demo consists of; written before it is loaded, so that a second run makes the same and only adds what is missing. */
interface Plan extends SimulateOptions {
  readonly touchpoints: number;
  readonly loaded: boolean;
}

const DAY_MS = 86_400_000;

/** Whom it is worth looking at, the first that there is: valuable and badly served; else whoever is worth most. */
const WORTH_A_LOOK = [
  { where: 'balance.cell==high-low', sort: '-crm.revenue365' },
  { where: 'balance.cell==mid-low', sort: '-crm.revenue365' },
  { where: 'cem.score=ge=0', sort: '-crm.revenue365' },
] as const;

export function demoCommand(): Command {
  return new Command('demo')
    .summary('run the platform with simulated customers')
    .description(
      'Runs the whole platform with simulated customers of a bank-and-shop, shows one of them from both sides and the\ncompany’s balance, and goes on serving until Ctrl-C. Run again, it continues from what is there.',
    )
    .option('--customers <n>', 'how many people', wholeNumber, 1000)
    .option('--days <n>', 'over how many days, up to today', wholeNumber, 365)
    .option('--seed <n>', 'another seed, another history', wholeNumber, 1)
    .option('--port <port>', 'the port to listen on (default 4600, or PORT)', port)
    .option('--data <folder>', 'where the data lives (default .throughline, or THROUGHLINE_DATA)')
    .addHelpText(
      'after',
      `
Examples:
  $ npx throughline demo
  $ npx throughline demo --customers 200 --days 90 --data /tmp/demo`,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const platform = await platforms.run(options, 'warn');
  const client = new Client(platform.url);
  await print(
    `${paint.bold('Throughline')}  ${paint.dim('one log, two views: what a customer is to the company, and the company to the customer')}\n\n`,
  );
  await load(client, join(platform.data, 'demo.json'), options);
  await tour(client);
  await print(farewell(platform.url));
  await platform.ended;
}

async function load(client: Client, planFile: string, options: Options): Promise<void> {
  const plan = planOf(planFile, options);
  if (plan.loaded) {
    await print(
      `${count(plan.touchpoints)} simulated touchpoints of ${count(plan.customers)} people are there already.\n\n`,
    );
    return;
  }
  const feed = new Feed<undefined>(client, ({ code, message }) => {
    throw new Error(`The simulator made a touchpoint that intake refused: ${code}: ${message}`);
  });
  const bar = progress('loading', plan.touchpoints, 'touchpoints');
  let sent = 0;
  let totals: FeedTotals;
  try {
    for (const line of simulateLines(plan)) {
      await feed.put(line, undefined);
      if (++sent % 1000 === 0) bar.update(sent, sent);
    }
    totals = await feed.end();
    bar.update(sent, sent);
  } finally {
    bar.stop();
  }
  if (totals.position !== undefined) await untilVisible(client, totals.position);
  writeFileSync(planFile, JSON.stringify({ ...plan, loaded: true } satisfies Plan));
  const repeats = totals.duplicates > 0 ? `; ${count(totals.duplicates)} came twice and count once` : '';
  await print(
    `${count(totals.accepted)} touchpoints of ${count(plan.customers)} simulated people over ${count(plan.days)} days are in${repeats}.\n\n`,
  );
}

function planOf(file: string, { customers, days, seed }: Options): Plan {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Plan;
  const options = { customers, days, seed, until: Math.floor(Date.now() / DAY_MS) * DAY_MS };
  let touchpoints = 0;
  for (const _ of simulate(options)) touchpoints++;
  const plan: Plan = { ...options, touchpoints, loaded: false };
  writeFileSync(file, JSON.stringify(plan));
  return plan;
}

async function tour(client: Client): Promise<void> {
  const id = await worthALook(client);
  if (id !== undefined) {
    await print(`${customerText(await customerOf(client, id))}\n`);
    await print(`${explanationText(await explanationOf(client, id))}\n`);
  }
  await print(`${balanceText(await client.get<BalanceGrid>('/balance'))}\n`);
}

async function worthALook(client: Client): Promise<string | undefined> {
  for (const wish of WORTH_A_LOOK) {
    const { items } = await client.get<CustomerPage>('/customers', { ...wish, limit: '1' });
    if (items[0]) return items[0].id;
  }
  return undefined;
}

function farewell(url: string): string {
  const commands = [
    ['npx throughline balance', 'the grid again'],
    ['npx throughline metrics nps --by channel', 'a figure, cut by channel'],
    ['npx throughline customer <id>', 'anybody, by id or type:value'],
    ['npx throughline import calls.csv --map calls.map.yaml', 'your own data: examples/'],
  ] as const;
  const elsewhere = url === DEFAULT_URL ? '' : `  ${paint.dim(`(with THROUGHLINE_URL=${url})`)}\n`;
  return (
    `Serving at ${paint.bold(url)}, the reference at ${paint.bold(`${url}/docs`)}.\nCtrl-C ends it; the data stays.\n` +
    `Try, in another terminal:\n${elsewhere}` +
    commands.map(([command, what]) => `  ${command.padEnd(56)}${paint.dim(what)}\n`).join('')
  );
}
