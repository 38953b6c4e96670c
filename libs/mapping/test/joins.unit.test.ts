import { describe, expect, test } from '@jest/globals';
import { facts, touchpoints } from './kit.ts';

const JOINED = {
  'items.csv': 'order,no,product,price\n1,1,p1,5.00\n1,2,p2,7.50\n2,1,p9,1.00\n',
  'products.csv': 'product,category\np1,tea\np2,pots\n',
  'clients.csv': 'id,region\nC0007,west\n',
};
const HEAD = `
currency: EUR
joins:
  items: { file: items.csv, key: order, many: true }
  products: { file: products.csv, key: product, on: '{items.product}' }`;

describe('Joins', () => {
  test('a row finds its partner by a made-up key', async () => {
    const head = "joins:\n  clients: { file: clients.csv, key: id, on: 'C{client:pad4}' }";
    expect(await facts("'{clients.region}'", 'client\n7\n8\n', head, JOINED)).toEqual(['west', undefined]);
  });

  test('a row that must find a partner and does not is unfit', async () => {
    const head = 'joins:\n  clients: { file: clients.csv, key: id, required: true }';
    expect(await facts("'{clients.region}'", 'id\nC0007\nC1\n', head, JOINED)).toEqual([
      'west',
      'no row of clients.csv has this row’s `id`',
    ]);
  });

  test('many partners become a list, each with partners of its own', async () => {
    const value =
      "{ each: items, value: { productId: '{items.product}', category: '{products.category}', amount: { from: '{items.price}', as: money } } }";
    expect(await facts(value, 'order\n1\n2\n3\n', HEAD, JOINED)).toEqual([
      [
        { productId: 'p1', category: 'tea', amount: { minor: 500, currency: 'EUR' } },
        { productId: 'p2', category: 'pots', amount: { minor: 750, currency: 'EUR' } },
      ],
      [{ productId: 'p9', amount: { minor: 100, currency: 'EUR' } }],
      undefined,
    ]);
  });

  test('outside a list, the first partner stands for all; partners are counted', async () => {
    expect(await facts("'{products.category}'", 'order\n1\n2\n', HEAD, JOINED)).toEqual(['tea', undefined]);
    expect(await facts('{ count: items }', 'order\n1\n3\n', HEAD, JOINED)).toEqual([2, 0]);
  });

  test('a key that occurs twice in a file that must not have it so is told with its line', async () => {
    const head = 'joins:\n  items: { file: items.csv, key: order }';
    await expect(facts("'{items.price}'", 'order\n1\n', head, JOINED)).rejects.toThrow(
      'test.map.yaml:5: joins.items: items.csv: line 3: its `order` occurred before',
    );
  });

  test('a column that the joined file does not have is told before anything is mapped', async () => {
    await expect(facts("'{items.colour}'", 'order\n1\n', HEAD, JOINED)).rejects.toThrow(
      'items.csv: has no column `colour`; it has order, no, product, price',
    );
  });
});

describe('Ids of rows that have none', () => {
  const map = "source: cdnow\nzone: UTC\ntouchpoints: [{ type: a.b, time: '{t}' }]";
  const ids = async (rows: string, head = 't,x\n', source = 'cdnow') =>
    (await touchpoints(map.replace('cdnow', source), head + rows)).map(({ id }) => id);

  test('equal rows stay several, and the same file is the same again in any order', async () => {
    const rows = ['2026-01-01,a', '2026-01-01,b', '2026-01-01,a', '2026-01-02,a'];
    const first = await ids(rows.join('\n'));
    expect(new Set(first).size).toBe(4);
    expect(new Set(await ids(rows.toReversed().join('\n')))).toEqual(new Set(first));
  });

  test('an id depends on the source and the values, not on the order of the columns', async () => {
    const [id] = await ids('2026-01-01,a');
    expect(await ids('a,2026-01-01', 'x,t\n')).toEqual([id]);
    expect(await ids('2026-01-01,a', 't,x\n', 'other')).not.toEqual([id]);
    expect(id).toBe((await ids('2026-01-01,"a"\r\n'))[0]);
  });

  test('a row’s name never changes', async () => {
    expect(await ids('2026-01-01,a\n2026-01-01,a')).toEqual(FROZEN);
  });

  test('many rows are told apart', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `2026-01-01,${i % 15_000}`).join('\n');
    expect(new Set(await ids(many)).size).toBe(20_000);
  });
});

/** Ids of an import done once must be those of its repetition years later. */
const FROZEN = ['dc7247f0-96e2-509d-b56f-a0206257f85d', '535c121a-96ed-59d7-bf96-9759afe09c6f'];
