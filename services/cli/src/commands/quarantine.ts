import { readFileSync } from 'node:fs';
import { isUnfitRow, type UnfitRow } from '@throughline/contracts';
import { Command } from 'commander';
import { Client } from '../api/client.ts';
import { EXIT, Stop } from '../exit.ts';
import { fit } from '../show/words.ts';
import { print } from '../terminal/print.ts';
import { paint } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { wholeNumber } from './options.ts';

interface Entry {
  readonly quarantineId: string;
  readonly state: 'open' | 'redriven';
  readonly code: string;
  readonly message: string;
  readonly origin: object;
  readonly receivedAt: string;
  readonly touchpointId?: string;
}

interface Item extends Entry {
  readonly size: number;
  readonly raw?: { readonly encoding: 'utf8' | 'base64'; readonly body: string };
}

interface Page {
  readonly items: readonly Entry[];
  readonly next?: string;
}

interface Redriven {
  readonly quarantineId: string;
  readonly touchpointId: string;
  readonly position: string;
}

const MESSAGE = 40;

export function quarantineCommand(): Command {
  const command = new Command('quarantine')
    .summary('see, fix and redrive what could not be accepted')
    .description(
      'What could not be accepted: it is kept with its bytes and the reason, and can be redriven once it is put right.',
    );
  command
    .command('list')
    .description('Lists what is in quarantine, oldest first.')
    .option('--state <state>', 'open, redriven, or all', 'open')
    .option('--limit <n>', 'at most so many', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .option('--json', 'print the platform’s answer as JSON')
    .addHelpText('after', '\nExample:\n  $ npx throughline quarantine list --limit 10')
    .action(list);
  command
    .command('show')
    .description('Shows one item, with what was sent.')
    .argument('<id>', 'the item’s id')
    .option('--json', 'print the platform’s answer as JSON')
    .addHelpText('after', '\nExample:\n  $ npx throughline quarantine show 6f1c3a52-0c1e-5d5b-8f43-1d2f0a9f6d11')
    .action(show);
  command
    .command('redrive')
    .description('Accepts items after all, under their original identity and time. Redriving twice changes nothing.')
    .argument('[id...]', 'the items’ ids')
    .option('--with <file>', 'the touchpoint put right, as JSON, in place of what was sent (one item only)')
    .option('--all', 'every open item, as it was sent')
    .option('--json', 'print what became of each as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ npx throughline quarantine redrive 6f1c3a52-0c1e-5d5b-8f43-1d2f0a9f6d11 --with fixed.json
  $ npx throughline quarantine redrive --all`,
    )
    .action(redrive);
  return command;
}

async function list({
  state,
  limit,
  cursor,
  json,
}: {
  state: string;
  limit: number;
  cursor?: string;
  json?: true;
}): Promise<void> {
  if (!['open', 'redriven', 'all'].includes(state)) throw new Stop(EXIT.usage, '--state is open, redriven or all.');
  const page = await new Client().get<Page>('/quarantine', {
    state: state === 'all' ? undefined : state,
    limit: String(limit),
    cursor,
  });
  if (json) return void (await print(`${JSON.stringify(page, undefined, 2)}\n`));
  if (page.items.length === 0)
    return void (await print(`Nothing is in quarantine${state === 'open' ? '' : ' in this state'}.\n`));
  const rows = page.items.map(({ quarantineId, receivedAt, message, state: now }) => [
    quarantineId,
    receivedAt.slice(0, 10),
    ...(state === 'all' ? [now] : []),
    fit(message, MESSAGE),
  ]);
  const columns = [
    { title: 'id' },
    { title: 'received' },
    ...(state === 'all' ? [{ title: 'state' }] : []),
    { title: 'why' },
  ];
  await print(
    `${table(columns, rows)}\n${paint.dim(page.next === undefined ? 'Look at one: npx throughline quarantine show <id>' : `There is more: --cursor ${page.next}`)}\n`,
  );
}

async function show(id: string, { json }: { json?: true }): Promise<void> {
  const item = await new Client().get<Item>(`/quarantine/${encodeURIComponent(id)}`, { raw: 'true' });
  if (json) return void (await print(`${JSON.stringify(item, undefined, 2)}\n`));
  const { code, message, origin, receivedAt, state, touchpointId, size, raw } = item;
  const row = (name: string, text: string) => `  ${paint.dim(name.padEnd(10))} ${text}\n`;
  await print(
    `${paint.bold(item.quarantineId)}\n` +
      row('why', `${code}: ${message}`) +
      unfitOf(raw)
        .map(({ field, message: told }) => row('', `${field === '' ? 'row' : field}: ${told}`))
        .join('') +
      row('state', touchpointId === undefined ? state : `${state}, as touchpoint ${touchpointId}`) +
      row('received', receivedAt) +
      row('origin', JSON.stringify(origin)) +
      row('sent', raw ? `${size} bytes${raw.encoding === 'base64' ? ', in base64' : ''}` : 'nothing is left of it') +
      (raw ? `${raw.body}\n` : '') +
      (state === 'open'
        ? paint.dim(
            `Put it right in a file, then: npx throughline quarantine redrive ${item.quarantineId} --with <file>\n`,
          )
        : ''),
  );
}

/** What an import found wrong with the row that it sent. */
function unfitOf(raw: Item['raw']): UnfitRow['unfit'] {
  try {
    const sent: unknown = JSON.parse(raw?.body ?? '');
    return isUnfitRow(sent) ? sent.unfit : [];
  } catch {
    return [];
  }
}

async function redrive(ids: readonly string[], options: { with?: string; all?: true; json?: true }): Promise<void> {
  if (options.all ? ids.length > 0 : ids.length === 0) throw new Stop(EXIT.usage, 'Name the items, or say --all.');
  if (options.with !== undefined && ids.length !== 1) throw new Stop(EXIT.usage, '--with is for one item.');
  const client = new Client();
  const corrected = options.with === undefined ? undefined : readCorrected(options.with);
  const done: Redriven[] = [];
  const failed: { readonly quarantineId: string; readonly why: string }[] = [];
  for await (const id of options.all ? openItems(client) : ids) {
    try {
      done.push(await client.post<Redriven>(`/quarantine/${encodeURIComponent(id)}/redrive`, corrected));
    } catch (error) {
      if (!(error instanceof Stop) || error.exitCode === EXIT.unreachable) throw error;
      if (ids.length === 1) throw error;
      failed.push({ quarantineId: id, why: error.message });
    }
  }
  if (options.json) await print(`${JSON.stringify({ redriven: done, failed }, undefined, 2)}\n`);
  else {
    for (const { quarantineId, touchpointId } of done)
      await print(`${quarantineId} is accepted as touchpoint ${touchpointId}\n`);
    for (const { quarantineId, why } of failed) await print(`${quarantineId} stays: ${why}\n`);
    if (done.length + failed.length === 0) await print('Nothing is open in quarantine.\n');
  }
  if (failed.length > 0) process.exitCode = EXIT.partlyQuarantined;
}

function readCorrected(path: string): object {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as object;
  } catch {
    throw new Stop(EXIT.usage, `${path} cannot be read as JSON.`);
  }
}

async function* openItems(client: Client): AsyncGenerator<string> {
  let cursor: string | undefined;
  do {
    const page: Page = await client.get<Page>('/quarantine', { state: 'open', limit: '1000', cursor });
    for (const { quarantineId } of page.items) yield quarantineId;
    cursor = page.next;
  } while (cursor !== undefined);
}
