import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { START, type Cell, type IndexValue, type JsonValue, type Position } from '@throughline/contracts';
import fc from 'fast-check';
import type {
  CurrentViewReader,
  Finished,
  OpenViewAt,
  ScannedEntry,
  SubjectRow,
  VersionShelf,
  ViewChanges,
  ViewReader,
  ViewStore,
} from '../../src/index.ts';

export type OpenMore = Partial<Pick<OpenViewAt, 'token' | 'joint' | 'documents' | 'beside'>>;

/** One read model, empty at first, that a test opens and closes as often as it likes. */
export interface ReadModelUnderTest {
  store(version?: string, more?: OpenMore): Promise<ViewStore>;
  /** Of the current version. */
  reader(): Promise<CurrentViewReader>;
  shelf(): Promise<VersionShelf>;
  remove(): Promise<void>;
}

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const C = 'c'.repeat(32);
const V1 = '1'.repeat(16);
const V2 = '2'.repeat(16);
const at = (n: number) => n.toString(16).padStart(16, '0') as Position;
const checkpoint = (n: number) => ({ position: at(n), day: 20_000 + n, ticked: true });
const contribution = (customer: string, more: Partial<Finished> = {}): Finished => ({
  customer,
  cells: [],
  indexes: [],
  nextChange: undefined,
  ...more,
});
const indexed = (customer: string, fields: Record<string, IndexValue>) =>
  contribution(customer, { indexes: Object.entries(fields).map(([field, value]) => ({ field, value })) });

/** What every read model does, whatever it is made of. */
export function readModelContract(name: string, create: () => Promise<ReadModelUnderTest>): void {
  describe(`${name}: a read model`, () => {
    let model: ReadModelUnderTest;
    let store: ViewStore;
    let reader: Awaited<ReturnType<ReadModelUnderTest['reader']>>;
    let commits = 0;

    beforeEach(async () => {
      commits = 0;
      model = await create();
      store = await model.store(V1);
      reader = await model.reader();
    });
    afterEach(async () => {
      await reader.close();
      await store.close();
      await model.remove();
    });

    const commit = <F>(changes: Partial<ViewChanges<F>>) =>
      store.commit({ checkpoint: checkpoint(++commits), settled: true, ...changes });
    const contribute = (...all: Finished[]) =>
      commit({ contributions: new Map(all.map((one) => [one.customer, one])) });
    const cells = async (metric: string, range: Parameters<ViewReader['cells']>[1]) => {
      const all: Cell[] = [];
      for await (const cell of reader.cells(metric, range)) all.push(cell);
      return all;
    };

    test('knows nothing at first', async () => {
      expect(await store.checkpoint()).toEqual({ position: START, day: undefined, ticked: false });
      expect(await reader.progress()).toEqual({ position: START, day: undefined });
      expect(await reader.customer(A)).toBeUndefined();
      expect(await reader.customersOf([A])).toEqual([A]);
      expect(await reader.values([A], ['f'])).toEqual([[undefined]]);
      expect(await reader.scan({ field: 'f', limit: 10 })).toEqual([]);
      expect(await reader.customerCount()).toBe(0);
      expect(await cells('m', { timed: false })).toEqual([]);
    });

    test('gives back rows as they were written, and none that was removed', async () => {
      const row: SubjectRow<unknown> = {
        type: 'email',
        fragment: { n: 1, list: [1.5, 'é', null, { deep: true }], none: null, at: 1_800_000_000_000 },
        retracted: ['x'],
        parked: ['y'],
      };
      await commit({
        subjects: new Map([
          [A, row],
          [B, row],
        ]),
      });
      await commit({ subjects: new Map([[B, undefined]]) });
      expect(await store.subjects([B, A, C])).toEqual([undefined, row, undefined]);
    });

    test('keeps membership and moves', async () => {
      const move = { position: at(1), from: A, to: B, touchpoints: ['t'], span: { from: 1, to: 2 } };
      const keys = [{ type: 'phone', key: B }];
      await commit({
        standing: new Map([[B, A]]),
        members: new Map([[A, keys]]),
        moves: new Map([
          ['r', move],
          ['s', move],
        ]),
      });
      await commit({ moves: new Map([['s', undefined]]) });
      expect(await store.standing([A, B])).toEqual([undefined, A]);
      expect(await store.members([A, B])).toEqual([keys, undefined]);
      expect(await store.moves()).toEqual(new Map([['r', move]]));
    });

    test('tells readers of a checkpoint only once its customers are finished', async () => {
      await commit({});
      await commit({ settled: false });
      expect(await store.checkpoint()).toEqual(checkpoint(2));
      expect(await reader.progress()).toEqual({ position: at(1), day: 20_001 });
      expect(await store.progress()).toEqual(await reader.progress());
    });

    test('remembers who was touched until they are finished', async () => {
      await commit({ touched: [A, B, C] });
      await commit({ finished: [B], touched: [A] });
      expect([...(await store.touched(10))].sort()).toEqual([A, C]);
      expect(await store.touched(1)).toHaveLength(1);
    });

    test('gives out who was touched in the order of their ids, a range at a time', async () => {
      const ids = [
        A,
        B,
        C,
        'b7'.padEnd(32, '0'),
        '0'.repeat(32),
        'f'.repeat(32),
        `${'b'.repeat(8)}-0000-5000-8000-${'0'.repeat(12)}`,
      ].sort();
      await commit({ touched: [...ids].reverse() });
      expect(await store.touched(10)).toEqual(ids);
      expect(await store.touched(2)).toEqual(ids.slice(0, 2));
      for (const range of [
        { from: 'b' },
        { below: 'b' },
        { from: 'b7', below: 'c' },
        { from: B, below: B },
        { from: A, below: C },
      ]) {
        const { from = '', below = 'g' } = range;
        const expected = ids.filter((id) => id >= from && id < below);
        expect(await store.touched(10, range)).toEqual(expected);
        expect(await store.touched(1, range)).toEqual(expected.slice(0, 1));
      }
    });

    test('keeps what a replay notes with the commit that does it, or neither', async () => {
      expect(await store.marks()).toEqual(new Map());
      const tally = { touchpoints: 3, ids: 'f'.repeat(32) };
      await commit({
        checkpoint: { ...checkpoint(1), tally },
        marks: new Map<string, JsonValue>([
          ['folded/0', { n: 1 }],
          ['through', '7'],
        ]),
      });
      expect(await store.checkpoint()).toEqual({ ...checkpoint(1), tally });
      await commit({
        marks: new Map<string, JsonValue | undefined>([
          ['through', undefined],
          ['folded/1', [1, null]],
        ]),
      });
      const marks = new Map<string, JsonValue>([
        ['folded/0', { n: 1 }],
        ['folded/1', [1, null]],
      ]);
      expect(await store.marks()).toEqual(marks);
      const unwritable = new Map([[A, { fragment: Symbol('no data') }]]);
      await expect(commit({ subjects: unwritable, marks: new Map([['folded/2', true]]) })).rejects.toThrow();
      expect(await store.marks()).toEqual(marks);
    });

    test('knows who is due by a day', async () => {
      await contribute(
        contribution(A, { nextChange: 5 }),
        contribution(B, { nextChange: 9 }),
        contribution(C, { nextChange: undefined }),
      );
      expect(await store.due(4, 10)).toEqual([]);
      expect(await store.due(5, 10)).toEqual([A]);
      await contribute(contribution(A, { nextChange: 20 }));
      expect(await store.due(19, 10)).toEqual([B]);
      expect(await store.due(20, 1)).toHaveLength(1);
    });

    test('finds a customer by any key that stands with it, and by an id that went into it', async () => {
      await commit({
        subjects: new Map([
          [A, { type: 'email', fragment: 1 }],
          [B, { type: 'phone', fragment: 2 }],
        ]),
        standing: new Map([
          [A, A],
          [B, A],
        ]),
        members: new Map([
          [
            A,
            [
              { type: '', key: A },
              { type: 'phone', key: B },
            ],
          ],
          [B, []],
        ]),
      });
      const both = {
        id: A,
        keys: [
          { type: 'email', key: A },
          { type: 'phone', key: B },
        ],
        fragments: [
          { subject: A, fragment: 1 },
          { subject: B, fragment: 2 },
        ],
        incomplete: false,
      };
      expect(await reader.customer(A)).toEqual(both);
      expect(await reader.customer(B)).toEqual(both);
      expect(await reader.customersOf([B, C])).toEqual([A, C]);
    });

    test('says of a customer that something of it is parked', async () => {
      await commit({
        subjects: new Map([
          [A, { type: 'email', fragment: 1, parked: ['t'] }],
          [B, { type: 'email', fragment: 1 }],
        ]),
        parked: new Map([['t', { id: 't', stage: 'fold', of: A, error: 'E' }]]),
        contributions: new Map([[B, contribution(B, { failed: 'E' })]]),
      });
      expect(await reader.customer(A)).toMatchObject({ incomplete: true });
      expect(await reader.customer(B)).toMatchObject({ incomplete: true });
      expect(await store.parkedCount()).toBe(2);
      await commit({
        parked: new Map([
          ['t', undefined],
          ['u', undefined],
        ]),
        contributions: new Map([[B, contribution(B)]]),
      });
      expect(await reader.customer(B)).toMatchObject({ incomplete: false });
      expect(await store.parkedCount()).toBe(0);
    });

    test('gives what is parked in the order of ids, a page at a time', async () => {
      const id = (n: number) => `0000000${n}-0000-4000-8000-000000000000`;
      const entry = (n: number) => ({ id: id(n), stage: 'fold' as const, of: A, error: 'E at f.ts:1:1' });
      const view = { id: B, stage: 'view' as const, of: B, error: 'E' };
      expect(await reader.parked({ limit: 10 })).toEqual([]);
      await commit({
        parked: new Map([3, 1, 2].map((n) => [id(n), entry(n)])),
        contributions: new Map([[B, contribution(B, { failed: 'E' })]]),
      });
      expect(await reader.parked({ limit: 10 })).toEqual([entry(1), entry(2), entry(3), view]);
      expect(await reader.parked({ limit: 2 })).toEqual([entry(1), entry(2)]);
      expect(await reader.parked({ after: id(2), limit: 1 })).toEqual([entry(3)]);
      expect(await reader.parked({ after: '00000002', limit: 10 })).toEqual([entry(2), entry(3), view]);
      expect(await reader.parked({ after: B, limit: 10 })).toEqual([]);
      await commit({ parked: new Map([[id(1), undefined]]) });
      expect(await reader.parked({ limit: 1 })).toEqual([entry(2)]);
    });

    test('adds cells up, and keeps none that came to nothing', async () => {
      const cell = (values: number[], dims: Record<string, string> = { channel: 'phone' }, day?: number): Cell => ({
        metric: 'm',
        dims,
        values,
        ...(day !== undefined && { day }),
      });
      await commit({ cells: [cell([1, 5]), cell([2, -5], { b: '2', a: '1' }), cell([1], {}, 3), cell([1], {}, 7)] });
      await commit({ cells: [cell([1, 2 ** 40]), cell([-2, 5], { a: '1', b: '2' }), cell([1], {}, -3)] });
      expect(await cells('m', { timed: false })).toEqual([cell([2, 2 ** 40 + 5])]);
      expect(await cells('m', { timed: true, from: -3, to: 3 })).toEqual([cell([1], {}, -3), cell([1], {}, 3)]);
      expect(await cells('n', { timed: false })).toEqual([]);
    });

    test('keeps dimension values of any length apart', async () => {
      const long = (end: string) => ({ metric: 'm', dims: { product: 'x'.repeat(3000) + end }, values: [1] });
      await commit({ cells: [long('a'), long('b'), { metric: 'm', dims: {}, values: [1] }] });
      expect(await cells('m', { timed: false })).toHaveLength(3);
    });

    test('counts each customer once, however often its contribution is replaced', async () => {
      const size = (value: string, n = 1): Cell => ({ metric: 'customers', dims: { size: value }, values: [n] });
      const small = { ...indexed(A, { n: 1, name: 'ada' }), cells: [size('small')] };
      const large = { ...indexed(A, { n: 5, name: 'ada' }), cells: [size('large')] };
      await contribute(small, { ...small, customer: B });
      await contribute(large);
      await contribute(large);
      expect(await cells('customers', { timed: false })).toEqual(
        expect.arrayContaining([size('small'), size('large')]),
      );
      expect(await reader.scan({ field: 'n', limit: 10 })).toEqual([
        { value: 1, customer: B },
        { value: 5, customer: A },
      ]);
      expect(await reader.values([A, B, C], ['name', 'n', 'other'])).toEqual([
        ['ada', 5, undefined],
        ['ada', 1, undefined],
        [undefined, undefined, undefined],
      ]);
      expect(await reader.customerCount()).toBe(2);
      await commit({
        contributions: new Map([
          [A, undefined],
          [C, undefined],
        ]),
      });
      expect(await cells('customers', { timed: false })).toEqual([size('small')]);
      expect(await reader.scan({ field: 'n', limit: 10 })).toEqual([{ value: 1, customer: B }]);
      expect(await reader.customerCount()).toBe(1);
    });

    test('scans an index in order, by any bounds, either way, page by page', async () => {
      let fields = 0;
      const value = fc.oneof(
        fc.double({ noNaN: true }),
        fc.integer({ min: -3, max: 3 }),
        fc.string({ unit: 'binary', maxLength: 4 }),
        fc.constantFrom('', 'a', 'a\u0000', 'a\u0001', 'é', 'z'.repeat(300), `${'z'.repeat(300)}!`),
        fc.boolean(),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(value, { minLength: 1, maxLength: 20 }),
          fc.option(value, { nil: undefined }),
          fc.option(value, { nil: undefined }),
          fc.integer({ min: 1, max: 5 }),
          async (values, from, to, limit) => {
            const field = `f${++fields}`;
            const entries = values.map((value, i) => ({
              value: Object.is(value, -0) ? 0 : value,
              customer: i.toString(16).padStart(32, '0'),
            }));
            await contribute(...entries.map(({ customer, value }) => indexed(customer, { [field]: value })));
            const expected = entries
              .filter(({ value }) => from === undefined || (typeof value === typeof from && compare(value, from) >= 0))
              .filter(({ value }) => to === undefined || (typeof value === typeof to && compare(value, to) <= 0))
              .sort((a, b) => compare(a.value, b.value) || (a.customer < b.customer ? -1 : 1));
            const bounds = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
            for (const descending of [false, true]) {
              const pages: ScannedEntry[] = [];
              for (;;) {
                const after = pages.at(-1);
                const page = await reader.scan({ field, ...bounds, descending, limit, ...(after && { after }) });
                pages.push(...page);
                if (page.length < limit) break;
              }
              expect(pages).toEqual(descending ? expected.toReversed() : expected);
            }
          },
        ),
        { numRuns: 60 },
      );
    });

    const nobody = { into: new Map<string, string>() };
    const waiting = async (limit = 100) => (await store.waiting(limit)).map(({ change }) => change);

    test('tells nobody unless it is to', async () => {
      await contribute(indexed(A, { n: 1 }));
      expect([await store.waiting(10), await store.waitingCount()]).toEqual([[], 0]);
    });

    test('keeps what a commit changed of customers until it has been told, in order', async () => {
      const tell = (...all: Finished[]) =>
        commit({ contributions: new Map(all.map((one) => [one.customer, one])), tells: nobody });
      const base = { projection: store.projection, version: V1 };
      const none = { fields: {}, changed: [] };
      const cell: Cell = { metric: 'm', dims: { kind: 'x' }, values: [1] };
      await tell(indexed(A, { n: 1, name: 'ada', on: false }));
      await tell(indexed(A, { n: 2, on: false, more: 0 }), indexed(B, {}));
      await tell(indexed(A, { n: 2, on: false, more: 0 }), { ...indexed(B, {}), nextChange: 7 });
      await tell({ ...indexed(B, {}), cells: [cell] });
      await tell(contribution(A, { failed: 'E' }));
      await commit({
        contributions: new Map([
          [A, undefined],
          [B, undefined],
          [C, undefined],
        ]),
        tells: { into: new Map([[A, C]]) },
      });
      const all = [
        {
          ...base,
          customer: A,
          position: at(1),
          what: 'new',
          fields: { n: 1, name: 'ada', on: false },
          changed: ['n', 'name', 'on'],
        },
        {
          ...base,
          customer: A,
          position: at(2),
          what: 'changed',
          fields: { n: 2, on: false, more: 0 },
          changed: ['n', 'more', 'name'],
        },
        { ...base, customer: B, position: at(2), what: 'new', ...none },
        { ...base, customer: B, position: at(4), what: 'changed', ...none },
        {
          ...base,
          customer: A,
          position: at(5),
          what: 'changed',
          fields: {},
          changed: ['n', 'on', 'more'],
          incomplete: true,
        },
        { ...base, customer: A, position: at(6), what: 'gone', ...none, into: C },
        { ...base, customer: B, position: at(6), what: 'gone', ...none },
      ];
      expect(await waiting()).toEqual(all);
      expect(await waiting(2)).toEqual(all.slice(0, 2));
      const [, , third] = await store.waiting(3);
      await store.told(third!.sequence);
      await store.told(third!.sequence);
      expect([await waiting(), await store.waitingCount()]).toEqual([all.slice(3), 4]);
    });

    test('gives no place in the outbox twice, though it was emptied and opened again', async () => {
      await commit({ contributions: new Map([[A, indexed(A, { n: 1, old: true })]]), tells: nobody });
      const [first] = await store.waiting(1);
      await store.told(first!.sequence);
      await store.close();
      store = await model.store(V1);
      await commit({ contributions: new Map([[A, indexed(A, { n: 2 })]]), tells: nobody });
      await store.told(first!.sequence);
      expect(await waiting()).toMatchObject([{ customer: A, fields: { n: 2 }, changed: ['n', 'old'] }]);
    });

    test('lets a writer that another has taken over from take nothing out of the outbox', async () => {
      await commit({ contributions: new Map([[A, indexed(A, { n: 1 })]]), tells: nobody });
      const [first] = await store.waiting(1);
      const successor = await model.store(V1);
      try {
        await expect(store.told(first!.sequence)).rejects.toMatchObject({ code: 'view-taken-over' });
        expect(await successor.waitingCount()).toBe(1);
      } finally {
        await successor.close();
      }
    });

    test('takes what was told out while a commit is under way', async () => {
      await commit({ contributions: new Map([[A, indexed(A, { n: 0 })]]), tells: nobody });
      for (let n = 1; n <= 20; n++) {
        const [first] = await store.waiting(1);
        const contributions = new Map([[A, indexed(A, { n })]]);
        await Promise.all([commit({ contributions, tells: nobody }), store.told(first!.sequence)]);
      }
      expect(await waiting()).toMatchObject([{ fields: { n: 20 } }]);
    });

    test('writes all of a commit or nothing', async () => {
      await commit({ subjects: new Map([[A, { fragment: 1 }]]) });
      const unwritable = new Map<string, { fragment: unknown }>([
        [A, { fragment: 2 }],
        [B, { fragment: Symbol('no data') }],
      ]);
      await expect(
        commit({ subjects: unwritable, cells: [{ metric: 'new', dims: { new: 'x' }, values: [1] }] }),
      ).rejects.toThrow();
      expect(await store.subjects([A])).toEqual([{ fragment: 1 }]);
      expect(await store.checkpoint()).toEqual(checkpoint(1));
      await commit({ cells: [{ metric: 'new', dims: { new: 'x' }, values: [1] }] });
      expect(await cells('new', { timed: false })).toEqual([{ metric: 'new', dims: { new: 'x' }, values: [1] }]);
      const contributions = new Map([[A, indexed(A, { n: 1 })]]);
      await expect(commit({ subjects: unwritable, contributions, tells: nobody })).rejects.toThrow();
      expect(await store.waitingCount()).toBe(0);
    });

    test('refuses the commits of a writer that another has taken over from', async () => {
      await commit({});
      const successor = await model.store(V1);
      try {
        await expect(commit({})).rejects.toMatchObject({ code: 'view-taken-over' });
        await successor.commit({ checkpoint: checkpoint(7), settled: true });
        expect(await reader.progress()).toEqual({ position: at(7), day: 20_007 });
      } finally {
        await successor.close();
      }
    });

    test('is there again when it is opened again', async () => {
      await contribute(indexed(A, { n: 1 }));
      await store.close();
      store = await model.store(V1);
      expect(await store.checkpoint()).toEqual(checkpoint(1));
      await contribute(indexed(A, { n: 2 }));
      expect(await reader.scan({ field: 'n', limit: 10 })).toEqual([{ value: 2, customer: A }]);
    });

    test('gives readers a new version once it is promoted, and not before', async () => {
      await commit({});
      const next = await model.store(V2);
      try {
        await next.commit({ checkpoint: checkpoint(9), settled: true });
        expect([store.promoted, next.promoted]).toEqual([true, false]);
        const before = await model.reader();
        expect([before.version, await before.progress()]).toEqual([V1, { position: at(1), day: 20_001 }]);
        await before.close();
        await next.promote();
        expect(next.promoted).toBe(true);
        const now = await model.reader();
        expect([now.version, await now.progress()]).toEqual([V2, { position: at(9), day: 20_009 }]);
        await now.close();
      } finally {
        await next.close();
      }
    });
  });
}

/** Booleans, then numbers, then strings by code point; of longer ones only the first 256 bytes count. */
function compare(a: IndexValue, b: IndexValue): number {
  const kind = (value: IndexValue) => ['boolean', 'number', 'string'].indexOf(typeof value);
  if (kind(a) !== kind(b)) return kind(a) - kind(b);
  if (typeof a === 'string') {
    return Buffer.compare(Buffer.from(a).subarray(0, 256), Buffer.from(b as string).subarray(0, 256));
  }
  return Number(a) - Number(b);
}
