/** The maps in examples/ on the real exports, without a platform: what every row becomes. */
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { TouchpointInput } from '@throughline/contracts';
import { loadJoins, mapFile, readMap } from '../src/index.ts';

const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));
const DATA = join(CHECKOUT, '../shared/data');
const isHere = existsSync(DATA);
if (!isHere) console.warn(`NOT RUN: the maps on real exports. ${DATA} is absent.`);
const whereDataIs = isHere ? describe : describe.skip;

async function read(map: string, file: string): Promise<TouchpointInput[]> {
  const path = join(DATA, file);
  const definition = readMap(readFileSync(join(CHECKOUT, 'examples', map), 'utf8'), map);
  const stream = (from: string) => createReadStream(from) as AsyncIterable<Buffer>;
  const tables = await loadJoins(definition, (one) => stream(join(dirname(path), one.file)));
  const found: TouchpointInput[] = [];
  for await (const batch of mapFile(definition, tables, stream(path), basename(path))) {
    for (const row of batch) {
      if (row.kind === 'unfit') throw new Error(`line ${row.line}: ${JSON.stringify(row.problems)}`);
      if (row.kind === 'mapped') found.push(...row.touchpoints);
    }
  }
  expect(new Set(found.map(({ id, source }) => `${source} ${id}`)).size).toBe(found.length);
  return found;
}

function tally(
  touchpoints: readonly TouchpointInput[],
  of: (touchpoint: TouchpointInput) => unknown,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const touchpoint of touchpoints) counts[String(of(touchpoint))] = (counts[String(of(touchpoint))] ?? 0) + 1;
  return counts;
}

const fact = (name: string) => (touchpoint: TouchpointInput) => touchpoint.data.facts?.[name];
const idOf = (type: string) => (touchpoint: TouchpointInput) =>
  touchpoint.data.identifiers?.find((one) => one.type === type)?.value;

whereDataIs('The bank', () => {
  let clients: TouchpointInput[];
  let complaints: TouchpointInput[];
  let calls: TouchpointInput[];
  beforeAll(async () => {
    clients = await read('retail-bank/clients.map.yaml', 'retail_banking_crm/clients.csv');
    complaints = await read('retail-bank/complaints.map.yaml', 'retail_banking_crm/complaints.csv');
    calls = await read('retail-bank/calls.map.yaml', 'retail_banking_crm/calls.csv');
  });

  test('has 5,369 clients, each with an id, a phone and an e-mail of their own', () => {
    for (const type of ['client', 'phone', 'email']) expect(new Set(clients.map(idOf(type))).size).toBe(5369);
    expect(clients[0]!.data.traits).toMatchObject({ name: 'Emma Avaya Smith', birthDate: '1990-12-13' });
    expect(JSON.stringify(clients)).not.toContain('926-93-2157');
  });

  test('was complained about 23,419 times, 23,048 of them answered in time, by clients it knows', () => {
    expect(complaints).toHaveLength(23_419);
    expect(tally(complaints, fact('timely'))).toEqual({ true: 23_048, false: 371 });
    expect(tally(complaints, (one) => one.data.channel)).toEqual({
      web: 13_235,
      referral: 6303,
      phone: 2504,
      mail: 1071,
      fax: 298,
      email: 8,
    });
    const known = new Set(clients.map(idOf('client')));
    expect(complaints.every((one) => known.has(idOf('client')(one)))).toBe(true);
    expect(complaints.filter((one) => String(fact('sentOnAt')(one)) < one.time)).toHaveLength(192);
    expect(new Set(complaints.map(idOf('client'))).size).toBe(5284);
  });

  test('was called 3,999 times: 3,640 from a phone on file, 301 more about a complaint, 58 from phones these teach', () => {
    expect(calls).toHaveLength(3999);
    expect(tally(calls, fact('outcome'))).toEqual({ answered: 2580, abandoned: 416, phantom: 19, undefined: 984 });
    const onFile = new Set(clients.map(idOf('phone')));
    const strangers = calls.filter((call) => !onFile.has(idOf('phone')(call)));
    const teachers = strangers.filter(idOf('complaint'));
    const taught = new Map<unknown, string>();
    for (const call of teachers)
      taught.set(idOf('phone')(call), [taught.get(idOf('phone')(call)), call.time].filter(Boolean).sort()[0]!);
    const pupils = strangers.filter((call) => !idOf('complaint')(call));
    expect([calls.length - strangers.length, teachers.length, taught.size, pupils.length]).toEqual([
      3640, 301, 301, 58,
    ]);
    expect(pupils.every((call) => taught.has(idOf('phone')(call)))).toBe(true);
    expect(pupils.filter((call) => call.time < taught.get(idOf('phone')(call))!)).toHaveLength(12);
  });

  test('had its agents talk 696.41 seconds a call', () => {
    const answered = calls
      .filter((call) => fact('outcome')(call) === 'answered')
      .map((call) => Number(fact('talkSeconds')(call)));
    expect(answered.reduce((a, b) => a + b) / answered.length).toBeCloseTo(696.4128, 4);
  });

  test('was reviewed 505 times, by nobody it knows, in Windows-1252', async () => {
    const reviews = await read('retail-bank/reviews.map.yaml', 'retail_banking_crm/reviews.csv');
    expect(tally(reviews, fact('score'))).toEqual({ 5: 409, 2: 3, 1: 93 });
    expect(reviews.every((one) => one.data.identifiers === undefined)).toBe(true);
    expect(reviews.some((one) => one.data.text?.includes('\u2019'))).toBe(true);
  });
});

whereDataIs('The shop', () => {
  test('had 4,000 orders of 3,998 people, 3,898 of them delivered', async () => {
    const orders = await read('olist/orders.map.yaml', 'olist_sample/olist_orders_dataset.csv');
    expect(tally(orders, (one) => one.type)).toEqual({
      'order.placed': 4000,
      'order.delivered': 3898,
      'order.cancelled': 40,
    });
    expect(new Set(orders.map(idOf('customer'))).size).toBe(3998);
    expect(orders.every(fact('orderId'))).toBe(true);
    const late = orders.filter((one) => one.type === 'order.delivered' && one.time > String(fact('promisedBy')(one)));
    expect(late).toHaveLength(335);
  });

  test('was paid 645,494.05 BRL in 4,161 payments', async () => {
    const payments = await read('olist/payments.map.yaml', 'olist_sample/olist_order_payments_dataset.csv');
    expect(payments).toHaveLength(4161);
    expect(
      payments.map((one) => (fact('amount')(one) as { minor: number; currency: string }).minor).reduce((a, b) => a + b),
    ).toBe(64_549_405);
  });

  test('was reviewed 3,986 times, though the file has more lines', async () => {
    const reviews = await read('olist/reviews.map.yaml', 'olist_sample/olist_order_reviews_dataset.csv');
    expect(tally(reviews, fact('score'))).toEqual({ 5: 2293, 4: 765, 3: 337, 2: 137, 1: 454 });
    expect(reviews.some((one) => one.data.text?.includes('\n'))).toBe(true);
  });

  test('knows 3,998 people by their customers file', async () => {
    const customers = await read('olist/customers.map.yaml', 'olist_sample/olist_customers_dataset.csv');
    expect(new Set(customers.map(idOf('customer'))).size).toBe(3998);
  });
});

whereDataIs('The record shop and the booking site', () => {
  test('all 6,919 purchases of 2,357 customers count, equal rows too', async () => {
    const purchases = await read('cdnow/purchases.map.yaml', 'cdnow_sample/CDNOW_sample.txt');
    expect(purchases).toHaveLength(6919);
    expect(new Set(purchases.map(idOf('customer'))).size).toBe(2357);
    expect(purchases[0]).toMatchObject({
      time: '1997-01-01T00:00:00.000Z',
      data: { facts: { quantity: 2, amount: { minor: 2933, currency: 'USD' } } },
    });
  });

  test('7,756 sessions of 630 visitors, 130 of whom came from several devices', async () => {
    const sessions = await read('airbnb/sessions.map.yaml', 'airbnb_sessions/airbnb-session-data.txt');
    expect(sessions).toHaveLength(7756);
    expect(['searched', 'messaged', 'requested'].map((name) => sessions.filter(fact(name)).length)).toEqual([
      1236, 1279, 145,
    ]);
    const devices = new Map<unknown, Set<unknown>>();
    for (const session of sessions)
      devices.set(
        idOf('visitor')(session),
        (devices.get(idOf('visitor')(session)) ?? new Set()).add(fact('device')(session)),
      );
    expect([devices.size, [...devices.values()].filter((of) => of.size > 1).length]).toEqual([630, 130]);
  });
});
