/** The bank's known answers (docs/guides/known-answers.md), asked over HTTP of whatever serves it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { CHECKOUT, DATA, each, type Served } from './kit.ts';

export const FILES = ['clients', 'complaints', 'calls', 'reviews'] as const;
export const ROWS = { clients: 5369, complaints: 23_419, calls: 3999, reviews: 505 };
export const exportOf = (name: string) => join(DATA, 'retail_banking_crm', `${name}.csv`);
export const mapOf = (name: string) => join(CHECKOUT, 'examples/retail-bank', `${name}.map.yaml`);

/** Whose a call is, told from the files alone: by a phone on file, else by the complaint's client, else by a phone that such a call taught. */
export function answerSheet() {
  const rowsOf = (name: string) =>
    readFileSync(exportOf(name), 'utf8')
      .replace(/^\ufeff/, '')
      .trim()
      .split(/\r?\n/)
      .slice(1);
  const clientOfPhone = new Map(
    rowsOf('clients').map((row) => [/\d{3}-\d{3}-\d{4}(?=,[^,]*@)/.exec(row)![0], row.slice(0, 9)]),
  );
  const clientOfComplaint = new Map(
    rowsOf('complaints')
      .map((row) => row.split(',').slice(-2))
      .map(([complaint, client]) => [complaint!, `C${client!.padStart(8, '0')}`]),
  );
  const calls = rowsOf('calls')
    .map((row) => row.split(','))
    .map(([, complaint, , phone]) => ({ complaint: complaint!, phone: phone! }));
  const onFile = calls.filter(({ phone }) => clientOfPhone.has(phone));
  const strangers = calls.filter(({ phone }) => !clientOfPhone.has(phone));
  const taught = new Map(
    strangers
      .filter(({ complaint }) => complaint !== '')
      .map(({ phone, complaint }) => [phone, clientOfComplaint.get(complaint)!]),
  );
  const byTaughtOnly = strangers.filter(({ complaint }) => complaint === '');
  return { clientOfPhone, onFile, teachers: strangers.length - byTaughtOnly.length, taught, byTaughtOnly };
}

interface Customer {
  readonly id: string;
  readonly keys: readonly { readonly type: string; readonly key: string }[];
}

interface Call {
  readonly occurredAt: string;
  readonly personal: { readonly identifiers: readonly { readonly type: string; readonly value: string }[] };
}

export async function expectKnownAnswers(served: Served): Promise<void> {
  // How many customers there are, and what they did.
  expect(await served.customers()).toBe(5369);
  expect(await served.customers('crm.calls=ge=1')).toBe(2615);
  expect(await served.customers('crm.complaints=ge=1')).toBe(5284);
  expect(await served.customers('crm.complaints=ge=1;crm.calls=ge=1')).toBe(2604);

  // What was counted.
  expect(await served.counts('complaints', 'channel')).toEqual({
    email: 8,
    fax: 298,
    mail: 1071,
    phone: 2504,
    referral: 6303,
    web: 13_235,
  });
  const timely = (await served.metric('complaints-timely'))['all']!;
  expect([timely.n, Math.round(timely.n * timely.value)]).toEqual([23_419, 23_048]);
  expect(await served.counts('calls', 'outcome')).toEqual({
    abandoned: 416,
    answered: 2580,
    phantom: 19,
    'not known': 984,
  });
  const service = (await served.metric('service-time', { where: 'outcome==answered' }))['all']!;
  expect([service.n, service.value.toFixed(2)]).toEqual([2580, '696.41']);
  expect(await served.counts('reviews', 'stars')).toEqual({ 1: 93, 2: 3, 5: 409 });
}

/** @param every asks for every so-manieth client and phone on file: each is a question over HTTP. */
export async function expectCallsStitched(served: Served, every: number): Promise<void> {
  const { clientOfPhone, onFile, teachers, taught, byTaughtOnly } = answerSheet();
  expect([onFile.length, teachers, taught.size, byTaughtOnly.length]).toEqual([3640, 301, 301, 58]);

  // Every call belongs to a customer: the customers' calls add up to all there are.
  let calls = 0;
  let cursor: string | undefined;
  do {
    const page: { items: { fields: Record<string, number> }[]; next?: string } = await served.get('/customers', {
      where: 'crm.calls=ge=1',
      limit: '200',
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { fields } of page.items) calls += fields['crm.calls']!;
    cursor = page.next;
  } while (cursor !== undefined);
  expect(calls).toBe(3999);

  const idOf = async (identifier: string) =>
    (await served.get<{ items: { id: string }[] }>('/customers', { identifier })).items[0]?.id;
  const some = <T>(items: Iterable<T>): T[] => [...new Set(items)].filter((_, i) => i % every === 0);
  // No two clients are one customer: there are as many customers as clients, and each client's id finds one of its own.
  const clients = new Set([...some(clientOfPhone.values()), ...taught.values()]);
  const customerOf = new Map<string, string>();
  await each(clients, async (client) => void customerOf.set(client, (await idOf(`client:${client}`))!));
  expect(new Set(customerOf.values()).size).toBe(clients.size);

  // By a phone on file; by a phone that only a complaint taught.
  await each(some(onFile.map(({ phone }) => phone)), async (phone) => {
    const client = clientOfPhone.get(phone)!;
    expect(await idOf(`phone:${phone}`)).toBe(customerOf.get(client) ?? (await idOf(`client:${client}`)));
  });
  const phones = new Map<string, number>();
  await each(taught, async ([phone, client]) => {
    const id = await idOf(`phone:${phone}`);
    expect(id).toBe(customerOf.get(client));
    const { keys } = await served.get<Customer>(`/customers/${id}`);
    phones.set(id!, keys.filter(({ type }) => type === 'phone').length);
  });
  expect([...phones.values()].reduce((sum, n) => sum + n - 1, 0)).toBe(301);

  // 58 calls match only through such phones, 12 of them before the call that taught the phone.
  let early = 0;
  await each(byTaughtOnly, async ({ phone }) => {
    const { items } = await served.get<{ items: Call[] }>(`/customers/${await idOf(`phone:${phone}`)}/timeline`, {
      type: 'call.ended',
      limit: '200',
    });
    const from = items.filter(({ personal }) =>
      personal.identifiers.some(({ value }) => value === `+1${phone.replaceAll('-', '')}`),
    );
    const teacher = from
      .filter(({ personal }) => personal.identifiers.some(({ type }) => type === 'complaint'))
      .map(({ occurredAt }) => occurredAt)
      .sort()[0]!;
    early += from.filter(
      ({ personal, occurredAt }) =>
        !personal.identifiers.some(({ type }) => type === 'complaint') && occurredAt < teacher,
    ).length;
  });
  expect(early).toBe(12);
}
