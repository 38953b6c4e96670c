import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FieldDefinition, IndexEntry, IndexValue, Position } from '@throughline/contracts';
import { EmbeddedViewStore, openViewReader } from '@throughline/read-model';
import * as fc from 'fast-check';
import { searchCustomers, type Place, type Sort } from '../src/customers/search/search.ts';
import { holds } from '../src/rsql/condition.ts';
import { parseWhere } from '../src/rsql/parse-where.ts';
import { VIEW_NAMES, type ViewName, type Views } from '../src/views.ts';

const FIELDS: readonly FieldDefinition[] = [
  { field: 'crm.lastSeen', type: 'string', description: '' },
  { field: 'crm.orders', type: 'number', description: '' },
  { field: 'crm.vip', type: 'boolean', description: '' },
  { field: 'cem.score', type: 'number', description: '' },
  { field: 'balance.cell', type: 'string', description: '' },
];

/** More than are ever looked at one by one, so that both ways of searching are walked. */
const CUSTOMERS = 6_000;
const customers = Array.from({ length: CUSTOMERS }, (_, i) => {
  const id = (i * 2_654_435_761 + 1).toString(16).padStart(32, '0');
  const fields: Record<string, IndexValue> = {
    'crm.lastSeen': `2026-01-${String((i % 28) + 1).padStart(2, '0')}`,
    'crm.orders': i % 7,
  };
  if (i % 500 === 0) fields['crm.vip'] = true;
  if (i % 3 !== 0) fields['cem.score'] = ((i * 37) % 1001) / 10;
  if (i % 2 === 0) fields['balance.cell'] = ['low', 'mid', 'high'][i % 3]!;
  return { id, fields };
});

const dir = mkdtempSync(join(tmpdir(), 'throughline-search-'));
let views: Views;
const closing: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  const open: Partial<Record<ViewName, Views[ViewName]>> = {};
  for (const projection of VIEW_NAMES) {
    const store = new EmbeddedViewStore({ dir, projection, version: '0123456789abcdef' });
    const contributions = new Map(
      customers.map(({ id, fields }) => {
        const own = Object.entries(fields).filter(([field]) => field.startsWith(`${projection}.`));
        const indexes: IndexEntry[] = own.map(([field, value]) => ({ field, value }));
        return [id, { customer: id, cells: [], indexes, nextChange: undefined }];
      }),
    );
    await store.commit({
      checkpoint: { position: '01' as Position, day: 20_000, ticked: true },
      settled: true,
      contributions,
    });
    const reader = openViewReader({ dir, projection });
    closing.push(reader, store);
    open[projection] = reader;
  }
  views = open as Views;
});

afterAll(async () => {
  for (const part of closing) await part.close();
  rmSync(dir, { recursive: true, force: true });
});

/** What the answer must be, by looking at everyone. */
function expected(where: string | undefined, { field, descending }: Sort): string[] {
  const condition = where === undefined ? undefined : parseWhere(where, FIELDS);
  const matching = customers.filter(({ fields }) => !condition || holds(condition, (name) => fields[name]));
  const order = (by: string, turn: number) => (a: (typeof customers)[number], b: (typeof customers)[number]) => {
    const [x, y] = [a.fields[by]!, b.fields[by]!];
    return turn * (x < y ? -1 : x > y ? 1 : a.id < b.id ? -1 : 1);
  };
  const valued = matching.filter(({ fields }) => fields[field] !== undefined).sort(order(field, descending ? -1 : 1));
  const rest = matching.filter(({ fields }) => fields[field] === undefined).sort(order('crm.lastSeen', 1));
  return [...valued, ...rest].map(({ id }) => id);
}

async function allPages(where: string | undefined, sort: Sort, limit: number) {
  const condition = where === undefined ? undefined : parseWhere(where, FIELDS);
  const ids: string[] = [];
  const totals = new Set<number>();
  let from: { after: Place; total: number } | undefined;
  do {
    const { places, total, more } = await searchCustomers(views, condition, sort, limit, from);
    ids.push(...places.map((place) => place.customer));
    totals.add(total);
    from = more ? { after: places.at(-1)!, total } : undefined;
  } while (from);
  return { ids, totals: [...totals] };
}

describe('a search', () => {
  test.each<[string | undefined, Sort]>([
    [undefined, { field: 'cem.score', descending: true }],
    [undefined, { field: 'cem.score', descending: false }],
    [undefined, { field: 'crm.lastSeen', descending: true }],
    ['crm.orders=ge=3;cem.score=lt=40', { field: 'cem.score', descending: true }],
    ['crm.orders=ge=1', { field: 'cem.score', descending: false }],
    ['cem.score=gt=2,balance.cell==low', { field: 'crm.orders', descending: true }],
    ['crm.vip==true', { field: 'cem.score', descending: true }],
    ['crm.vip==true,cem.score=in=(3.7,50)', { field: 'crm.vip', descending: false }],
    ['crm.vip==true;crm.orders=out=(0,1)', { field: 'balance.cell', descending: true }],
    ['balance.cell!=mid', { field: 'balance.cell', descending: true }],
    ['balance.cell==nowhere', { field: 'cem.score', descending: true }],
    ['crm.orders=in=(2,2,4)', { field: 'crm.orders', descending: true }],
  ])(
    'where %s by %j: pages hold everyone who matches once, in order, and each says how many they are',
    async (where, sort) => {
      const ids = expected(where, sort);
      expect(await allPages(where, sort, 200)).toEqual({ ids, totals: [ids.length] });
    },
  );

  test('finds what looking at everyone finds, whatever is asked', async () => {
    const comparison = fc.oneof(
      fc
        .tuple(fc.constantFrom('==', '!=', '=lt=', '=le=', '=gt=', '=ge='), fc.integer({ min: -1, max: 8 }))
        .map(([op, n]) => `crm.orders${op}${n}`),
      fc
        .tuple(fc.constantFrom('=lt=', '=ge=', '=gt='), fc.integer({ min: -1, max: 101 }))
        .map(([op, n]) => `cem.score${op}${n}`),
      fc.constantFrom(
        'crm.vip==true',
        'balance.cell=in=(low,high)',
        'balance.cell=out=(low)',
        'crm.lastSeen=le=2026-01-02',
      ),
    );
    const { where } = fc.letrec<{ where: string }>((tie) => ({
      where: fc.oneof(
        { maxDepth: 3 },
        comparison,
        fc.tuple(tie('where'), fc.constantFrom(';', ','), tie('where')).map(([a, op, b]) => `(${a}${op}${b})`),
      ),
    }));
    const sort = fc.record({ field: fc.constantFrom(...FIELDS.map((field) => field.field)), descending: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(where, sort, async (asked, by) => {
        const ids = expected(asked, by);
        const { total, places } = await searchCustomers(views, parseWhere(asked, FIELDS), by, 200);
        expect({ total, ids: places.map((place) => place.customer) }).toEqual({
          total: ids.length,
          ids: ids.slice(0, 200),
        });
      }),
      { numRuns: 60 },
    );
  });
});
