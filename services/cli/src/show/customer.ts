/** One customer from both sides, as text. */
import type { CustomerAnswer } from '../api/answers.ts';
import { duration, money } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { bar, byScore, day, fit, plural } from './words.ts';

const WIDTH = 88;
const LABEL = 15;
const STEPS = 8;

export function customerText(customer: CustomerAnswer): string {
  const { balance } = customer;
  const sections = [
    heading(customer),
    section('What they are to the company', company(customer)),
    section('What the company is to them', experience(customer)),
    section('Lately', journey(customer)),
    section('Balance', [`  ${paint.bold(balance.name)}: ${balance.meaning}`, `  ${paint.dim(balance.todo)}`]),
  ];
  return `${sections.filter((text) => text !== '').join('\n')}`;
}

function heading({ id, askedFor, asOf, knownAt, incomplete, crm }: CustomerAnswer): string {
  const name = nameOf(crm.profile);
  const known = crm.identifiers.flatMap(({ type, value }) => (value === undefined ? [] : [`${type} ${value}`]));
  let text = `${paint.bold(name ?? 'A customer without a name')}  ${paint.dim(id)}\n`;
  if (askedFor !== undefined) text += `${paint.dim(`asked for as ${askedFor}`)}\n`;
  const past = [
    ...(asOf === undefined ? [] : [`as of ${asOf}`]),
    ...(knownAt === undefined ? [] : [`as known at ${knownAt}`]),
  ];
  if (past.length > 0) text += `${paint.yellow(past.join(', '))}\n`;
  if (known.length > 0) text += `${fit(known.slice(0, 4).join(' · '), WIDTH)}\n`;
  if (incomplete) text += `${paint.yellow('Incomplete: some touchpoint could not be folded and is parked.')}\n`;
  return text;
}

function nameOf(profile: CustomerAnswer['crm']['profile']): string | undefined {
  const text = (field: string) => {
    const value = profile[field]?.value;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return text('name') ?? ([text('firstName'), text('lastName')].filter((part) => part).join(' ') || undefined);
}

function company({ crm }: CustomerAnswer): string[] {
  const { orders, contacts, lifecycle } = crm;
  const rows = [row(lifecycle.stage, lifecycle.because)];
  if (orders.total > 0) {
    const parts = [
      `${orders.delivered} delivered`,
      orders.cancelled > 0 ? `${orders.cancelled} cancelled` : '',
      orders.returned > 0 ? `${orders.returned} returned` : '',
    ];
    rows.push(row('orders', `${orders.total}  ${paint.dim(parts.filter((part) => part).join(', '))}`));
  }
  if (orders.netRevenue) {
    const parts = [
      orders.revenue365 && `${money(orders.revenue365)} in the last 365 days`,
      orders.averageOrder && `${money(orders.averageOrder)} an order`,
    ];
    rows.push(
      row(
        'net revenue',
        `${paint.bold(money(orders.netRevenue))}  ${paint.dim(parts.filter((part) => part).join(', '))}`,
      ),
    );
  }
  if (crm.products.length > 0) rows.push(row('products', fit(crm.products.join(', '), WIDTH - LABEL - 2)));
  if (crm.subscriptions.active > 0) rows.push(row('subscriptions', `${crm.subscriptions.active} active`));
  const touched = [
    contacts.calls.total > 0 && plural(contacts.calls.total, 'call'),
    contacts.chats.total > 0 && plural(contacts.chats.total, 'chat'),
    contacts.messages.total > 0 && plural(contacts.messages.total, 'message'),
    crm.complaints.total > 0 && plural(crm.complaints.total, 'complaint'),
    crm.cases.open + crm.cases.resolved > 0 &&
      `${plural(crm.cases.open + crm.cases.resolved, 'case')} (${crm.cases.open} open)`,
  ].filter((part) => part !== false);
  if (touched.length > 0) rows.push(row('contacts', touched.join(', ')));
  if (crm.campaigns.sent > 0)
    rows.push(row('campaigns', `${crm.campaigns.sent} sent, ${crm.campaigns.responded} answered`));
  const channels = Object.entries(crm.channels)
    .sort(([, a], [, b]) => b - a)
    .map(([channel, n]) => `${channel} ${n}`);
  if (channels.length > 0) rows.push(row('channels', fit(channels.join(', '), WIDTH - LABEL - 2)));
  const span =
    crm.firstSeen !== undefined && crm.lastSeen !== undefined ? `, ${day(crm.firstSeen)} to ${day(crm.lastSeen)}` : '';
  rows.push(row('touchpoints', `${crm.touchpoints.total}${paint.dim(span)}`));
  return rows;
}

function experience({ cem }: CustomerAnswer): string[] {
  const rows: string[] = [];
  if (cem.score === undefined) rows.push(row('score', 'not enough evidence yet: silence is not an average experience'));
  else {
    const interval = cem.interval
      ? paint.dim(`  between ${cem.interval[0].toFixed(0)} and ${cem.interval[1].toFixed(0)}`)
      : '';
    rows.push(
      row(
        'score',
        `${byScore(cem.score, paint.bold(cem.score.toFixed(1)))} of 100  ${bar(cem.score / 100, 20)}${interval}`,
      ),
    );
  }
  for (const [name, part] of Object.entries(cem.dimensions)) {
    if (part.score !== undefined)
      rows.push(
        row(
          `  ${name}`,
          `${byScore(part.score, part.score.toFixed(1).padStart(5))}        ${bar(part.score / 100, 20)}`,
        ),
      );
  }
  const sides = [
    scoreOf(cem.stated) !== undefined && `what they say ${scoreOf(cem.stated)}`,
    scoreOf(cem.observed) !== undefined && `what happened to them ${scoreOf(cem.observed)}`,
  ].filter((part) => part !== false);
  if (sides.length > 0) rows.push(row('apart', sides.join(', ')));
  if (cem.nps) rows.push(row('recommend', `${cem.nps.score} of 10`));
  if (cem.time.contacts > 0)
    rows.push(
      row(
        'their time',
        `${duration(cem.time.seconds)} in ${plural(cem.time.contacts, 'call or chat', 'calls and chats')}`,
      ),
    );
  if (cem.deliveries.promised > 0)
    rows.push(
      row(
        'promises',
        `${cem.deliveries.promised - cem.deliveries.late} of ${cem.deliveries.promised} deliveries kept their promise`,
      ),
    );
  return rows;
}

function scoreOf({ score }: { readonly score?: number }): string | undefined {
  return score?.toFixed(1);
}

function journey({ cem }: CustomerAnswer): string[] {
  return cem.journey.slice(-STEPS).map((step) => {
    const feeling = step.feeling === undefined ? '    ' : feelingText(step.feeling);
    const why = step.why.join('; ');
    return `  ${paint.dim(day(step.occurredAt))}  ${feeling}  ${step.type.padEnd(19)} ${paint.dim(fit([step.channel, why].filter((part) => part).join(': '), WIDTH - 40))}`.trimEnd();
  });
}

function feelingText(feeling: number): string {
  const text = `${feeling < 0 ? '−' : '+'}${Math.abs(Math.round(feeling))}`.padStart(4);
  return feeling > 10 ? paint.green(text) : feeling < -10 ? paint.red(text) : text;
}

const section = (title: string, rows: readonly string[]) =>
  rows.length > 0 ? `${paint.cyan(title)}\n${rows.join('\n')}\n` : '';
const row = (label: string, text: string) => `  ${label.padEnd(LABEL)} ${text}`.trimEnd();
