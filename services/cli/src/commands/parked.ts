/** What projections could not fold: seen, tried again, or left out for good. */
import { Command } from 'commander';
import { Client } from '../api/client.ts';
import type { ClearedAnswer, ParkedAnswer, RefoldedAnswer } from '../api/repairs.ts';
import { untilVisible } from '../api/until-visible.ts';
import { EXIT, Stop } from '../exit.ts';
import { checkProjection } from '../replay/definitions.ts';
import { parkedText } from '../show/parked.ts';
import { plural } from '../show/words.ts';
import { paint } from '../terminal/style.ts';
import { wholeNumber } from './options.ts';
import { askedBy, command, PROJECTION, said, show, type Asked, type AskedBy } from './replay/asked.ts';

const GROUP = 'parked';
const WAIT = ['--wait', 'wait until it is done, and say what is still parked'] as const;

interface Listing extends Asked {
  readonly limit: number;
  readonly cursor?: string;
}

interface Repairing extends AskedBy {
  readonly all?: true;
  readonly wait?: true;
}

export function parkedCommand(): Command {
  return new Command(GROUP)
    .summary('see, redrive and clear what a projection could not fold')
    .description(
      'What a projection could not fold or finish: its customers show as incomplete, and everybody else goes on.\n\ndocs/guides/operate.md says what to do about it.',
    )
    .addCommand(listCommand())
    .addCommand(redriveCommand())
    .addCommand(clearCommand());
}

function listCommand(): Command {
  return command('list', 'Lists what is parked, and where in the code each failed.', ['list cem'], GROUP)
    .argument('<projection>', PROJECTION)
    .option('--limit <n>', 'at most so many', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .action(async (projection: string, asked: Listing) => {
      checkProjection(projection);
      const { limit, cursor } = asked;
      const page = await new Client().get<ParkedAnswer>(pathOf(projection), { limit: String(limit), cursor });
      await show(page, asked, (answer) => parkedText(projection, answer));
    });
}

function redriveCommand(): Command {
  const examples = ['redrive cem --all --wait', 'redrive cem 6f1c3a52-0c1e-5d5b-8f43-1d2f0a9f6d11'];
  return askedBy(command('redrive', 'Tries again, once what made it fail is mended.', examples, GROUP))
    .argument('<projection>', PROJECTION)
    .argument('[id...]', 'touchpoints or customers')
    .option('--all', 'everything that is parked')
    .option(...WAIT)
    .action(redrive);
}

function clearCommand(): Command {
  const example = 'clear cem 6f1c3a52-0c1e-5d5b-8f43-1d2f0a9f6d11 --reason "a test call, about nobody"';
  const says = 'Leaves touchpoints out for good that cannot be folded. Their customers are complete without them.';
  return askedBy(command('clear', says, [example], GROUP), true)
    .argument('<projection>', PROJECTION)
    .argument('<id...>', 'touchpoints')
    .option(...WAIT)
    .action(clear);
}

async function redrive(projection: string, ids: readonly string[], asked: Repairing): Promise<void> {
  checkProjection(projection);
  if (asked.all ? ids.length > 0 : ids.length === 0)
    throw new Stop(EXIT.usage, 'Name the touchpoints or customers, or say --all.');
  const which = asked.all ? { all: true } : { ids };
  const client = new Client();
  const answer = await client.post<RefoldedAnswer>(`${pathOf(projection)}/redrive`, { ...said(asked), ...which });
  const left = await leftAfter(client, projection, answer.position, asked);
  const { subjects, customers } = answer;
  const what = [
    ...(subjects > 0 ? [`${plural(subjects, 'subject')} folded again`] : []),
    ...(customers > 0 ? [`${plural(customers, 'customer')} finished again`] : []),
  ].join(', ');
  await show({ ...answer, ...left }, asked, () =>
    what === '' ? `${paint.bold(projection)}: nothing is parked.\n` : told(projection, what, left),
  );
}

async function clear(projection: string, ids: readonly string[], asked: Repairing): Promise<void> {
  checkProjection(projection);
  const client = new Client();
  const answer = await client.post<ClearedAnswer>(`${pathOf(projection)}/clear`, { ...said(asked), ids });
  const left = await leftAfter(client, projection, answer.position, asked);
  const what = `${plural(answer.touchpoints, 'touchpoint')} left out for good`;
  await show({ ...answer, ...left }, asked, () => told(projection, what, left));
}

interface Left {
  /** How much is parked once it is done; absent where nobody waited for that. */
  readonly parked?: number;
}

async function leftAfter(client: Client, projection: string, position: string, { wait }: Repairing): Promise<Left> {
  if (!wait) return {};
  await untilVisible(client, position);
  const { total } = await client.get<ParkedAnswer>(pathOf(projection), { limit: '1' });
  return { parked: total };
}

function told(projection: string, what: string, { parked }: Left): string {
  const see = `npx throughline parked list ${projection}`;
  const next =
    parked === undefined
      ? `See what came of it: ${see}`
      : parked === 0
        ? 'Nothing is parked any longer.'
        : `Still parked: ${parked.toLocaleString('en-US')}. See why: ${see}`;
  return `${paint.bold(projection)}: ${what}.\n${paint.dim(next)}\n`;
}

function pathOf(projection: string): string {
  return `/projections/${projection}/parked`;
}
