/** What channels are told over Kafka, by services that run apart, beside what the services answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { CustomerChange } from '@throughline/contracts';
import { simulate } from '@throughline/simulator';
import { newsOf, readChanges } from '../../../libs/changes/test/support/channel.ts';
import { Apart, canRunFleet, type Message } from './fleet-kit.ts';

jest.setTimeout(600_000);

const TOPIC = 'throughline.changes';
const LOAD = 3_000;
const VIEWS = ['crm', 'cem', 'balance'] as const;

interface Page {
  readonly items: readonly { readonly id: string; readonly fields: Readonly<Record<string, unknown>> }[];
  readonly next?: string;
}

interface Customer {
  readonly id: string;
  readonly crm: { readonly lifecycle: { readonly stage: string }; readonly orders: { readonly total: number } };
  readonly balance: { readonly cell: string };
}

const touchpoints = [...simulate({ customers: 200, days: 100, seed: 11, until: Date.UTC(2026, 9, 1) })].slice(0, LOAD);
const load = touchpoints.map((touchpoint): Message => {
  const [first] = touchpoint.data.identifiers ?? [];
  return { key: first ? `${first.type}:${first.value}` : touchpoint.id, value: JSON.stringify(touchpoint) };
});

/** Somebody whom the company first knows as two, and later as one. */
const [VISITOR, EMAIL] = [
  { type: 'visitor', value: 'seen-apart' },
  { type: 'email', value: 'seen.apart@example.com' },
];
const seen = (id: string, ...identifiers: { type: string; value: string }[]): Message => ({
  key: id,
  value: JSON.stringify({
    id,
    source: 'seen-apart',
    type: 'page.viewed',
    time: '2026-09-01T10:00:00Z',
    data: { channel: 'web', identifiers, facts: {} },
  }),
});

const suite = canRunFleet('changes out to channels') ? describe : describe.skip;

suite('A channel that follows the topic of changes', () => {
  const apart = new Apart();
  /** As every customer stands, by id. */
  const shown = new Map<string, Readonly<Record<string, unknown>>>();
  let changes: readonly CustomerChange[];
  let news: ReadonlyMap<string, readonly CustomerChange[]>;

  /** What the channel knows of each customer that is not gone. */
  const known = (): Map<string, Record<string, unknown>> => {
    const customers = new Map<string, Record<string, unknown>>();
    for (const told of news.values()) {
      const { customer, what, fields } = told.at(-1)!;
      if (what !== 'gone') customers.set(customer, { ...customers.get(customer), ...fields });
    }
    return customers;
  };

  beforeAll(async () => {
    await apart.start({}, { KAFKA_CHANGES_TOPIC: TOPIC });
    const half = load.length / 2;
    await apart.publish([...load.slice(0, half), seen('one', VISITOR), seen('two', EMAIL)]);
    for (const view of VIEWS) await apart.killService(`${view}-projection`);
    await apart.ready();
    await apart.settled();
    await apart.publish([...load.slice(half), seen('both', VISITOR, EMAIL)]);
    await apart.killService('crm-projection');
    await apart.ready();
    await apart.settled();
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor; isFirst = false) {
      const page: Page = await apart.get<Page>('/customers', { limit: '200', ...(cursor && { cursor }) });
      for (const { id, fields } of page.items) shown.set(id, fields);
      cursor = page.next;
    }
    // The last of it is on its way when the views are settled.
    const until = Date.now() + 60_000;
    do {
      await sleep(500);
      changes = await readChanges(apart.addressOf('kafka'), TOPIC);
      news = newsOf(changes);
    } while (Date.now() < until && !isEqual(known(), shown));
  });
  afterAll(() => apart.stop());

  test('knows of every customer what the services show', async () => {
    expect(shown.size).toBeGreaterThan(100);
    expect(Object.fromEntries(known())).toEqual(Object.fromEntries(shown));
    for (const [id, fields] of [...known()].slice(0, 20)) {
      const { crm, balance } = await apart.get<Customer>(`/customers/${id}`);
      expect(fields).toMatchObject({
        'crm.lifecycle': crm.lifecycle.stage,
        'crm.orders': crm.orders.total,
        'balance.cell': balance.cell,
      });
    }
  });

  test('knows of each that is gone with whom it now is', async () => {
    const gone = [...news.values()].map((told) => told.at(-1)!).filter(({ what }) => what === 'gone');
    expect(gone.length).toBeGreaterThan(0);
    // Of one view: another may never have seen them apart.
    for (const { customer, projection } of gone.slice(0, 100)) {
      let at = customer;
      for (let into: string | undefined = at; into; into = news.get(`${projection} ${at}`)?.at(-1)?.into) at = into;
      expect((await apart.get<Customer>(`/customers/${customer}`)).id).toBe(at);
    }
  });

  test('is told nothing by which a person is known', () => {
    const text = JSON.stringify(changes);
    for (const { data } of touchpoints) {
      for (const { value } of data.identifiers ?? []) expect(text).not.toContain(JSON.stringify(value));
    }
  });
});

function isEqual(a: ReadonlyMap<string, object>, b: ReadonlyMap<string, object>): boolean {
  const text = (map: ReadonlyMap<string, object>) =>
    JSON.stringify([...map].map(([id, fields]) => [id, Object.entries(fields).sort()]).sort());
  return text(a) === text(b);
}
