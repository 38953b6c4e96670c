import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Cell, JsonValue, Position } from '@throughline/contracts';
import type { CurrentViewReader, Finished, VersionShelf, ViewChanges, ViewStore } from '../../src/index.ts';
import type { OpenMore, ReadModelUnderTest } from './read-model-contract.ts';

const V1 = '1'.repeat(16);
const V2 = '2'.repeat(16);
const REBUILT = `${V1}.2`;
const id = (n: number) => n.toString(16).padStart(8, '0').repeat(4);
const at = (n: number) => n.toString(16).padStart(16, '0') as Position;
const checkpoint = (n: number) => ({ position: at(n), day: 20_000 + n, ticked: true });
const many = (count: number) => Array.from({ length: count }, (_, n) => n);

/** More rows than are read at a time. */
const MANY = 2_300;

/** How versions of one projection stand beside each other, whatever they are kept in. */
export function versionsContract(name: string, create: () => Promise<ReadModelUnderTest>): void {
  describe(`${name}: versions beside each other`, () => {
    let model: ReadModelUnderTest;
    let shelf: VersionShelf;
    let reader: CurrentViewReader;
    let opened: ViewStore[];
    beforeEach(async () => {
      model = await create();
      shelf = await model.shelf();
      reader = await model.reader();
      opened = [];
    });
    afterEach(async () => {
      for (const store of opened) await store.close();
      await reader.close();
      await shelf.close();
      await model.remove();
    });

    const store = async (version: string, more?: OpenMore) => {
      const one = await model.store(version, more);
      opened.push(one);
      return one;
    };
    /** A version in which every customer scores so much. */
    const written = async (version: string, score: number, more?: OpenMore) => {
      const one = await store(version, more);
      await one.commit({ checkpoint: checkpoint(1), settled: true, ...scored([1, 2, 3], score) });
      return one;
    };

    test('keeps the definitions a version was made by, and gives them to whoever reads it', async () => {
      expect(await reader.pinned().then((pinned) => pinned.progress())).toMatchObject({ day: undefined });
      const documents = { score: { weights: { calls: 2.5 }, title: 'é' } };
      await written(V1, 1);
      await written(V2, 2, { documents });
      expect(await reader.documents()).toEqual({});
      const given = await shelf.open(V2);
      expect(await given!.reader.documents()).toEqual(documents);
      await given!.close();
      // What is there keeps its own.
      await written(V1, 1, { documents });
      expect(await reader.documents()).toEqual({});
    });

    test('gives readers the first version, and none that is only to stand beside it', async () => {
      const candidate = await written(V2, 2, { beside: true });
      expect([await shelf.current(), candidate.promoted]).toEqual([undefined, false]);
      await written(V1, 1);
      expect(await shelf.current()).toBe(V1);
      await candidate.promote();
      expect([await shelf.current(), candidate.promoted]).toEqual([V2, true]);
    });

    test('lists what there is, complete or not, and nothing of other projections', async () => {
      expect([await shelf.list(), await shelf.current()]).toEqual([[], undefined]);
      await written(V1, 1);
      await store(REBUILT, { beside: true });
      await written(V2, 2);
      expect([...(await shelf.list())].sort()).toEqual([V1, REBUILT, V2]);
      expect(await shelf.current()).toBe(V1);
    });

    test('removes a version under those who read it, never the current one, and can make it anew', async () => {
      await written(V1, 1);
      await written(V2, 2);
      await shelf.remove(V1);
      const held = await shelf.open(V2);
      await shelf.remove(V2);
      await shelf.remove(V2);
      expect(await shelf.list()).toEqual([V1]);
      expect(await held!.reader.values([id(1)], ['score'])).toEqual([[2]]);
      expect([await shelf.open(V2), await shelf.snapshot(V2), await shelf.bytes(V2)]).toEqual(Array(3).fill(undefined));
      const anew = await store(V2, { documents: { anew: {} } });
      expect(await anew.checkpoint()).toMatchObject({ ticked: false });
      await anew.commit({ checkpoint: checkpoint(7), settled: true, ...scored([1], 7) });
      const again = await shelf.open(V2);
      expect(await again!.reader.values([id(1), id(2)], ['score'])).toEqual([[7], [undefined]]);
      expect(await again!.reader.documents()).toEqual({ anew: {} });
      await again!.close();
      await held!.close();
    });

    test('tells what was last said of a version, until it is removed', async () => {
      await shelf.say(V2, { of: 'nothing' });
      expect(await shelf.said(V2)).toBeUndefined();
      await written(V1, 1);
      await written(V2, 2);
      await shelf.say(V2, { folded: 1 });
      await shelf.say(V2, { folded: 2, at: null });
      expect([await shelf.said(V1), await shelf.said(V2)]).toEqual([undefined, { folded: 2, at: null }]);
      await shelf.remove(V2);
      expect(await shelf.said(V2)).toBeUndefined();
    });

    test('tells about how much a version takes up', async () => {
      const one = await written(V1, 1);
      const before = await shelf.bytes(V1);
      await one.commit({ checkpoint: checkpoint(2), settled: true, ...scored(many(MANY), 1) });
      expect(before).toBeGreaterThan(0);
      expect(await shelf.bytes(V1)).toBeGreaterThan(before! + MANY * 50);
    });

    test('stays with one version for the length of a question, though another is promoted and the first removed', async () => {
      const documents = { score: { weight: 2 } };
      await written(V1, 1);
      const next = await written(V2, 2, { documents });
      const pinned = await reader.pinned();
      await next.promote();
      await shelf.remove(V1);
      await eventually(async () => expect(await reader.documents()).toEqual(documents));
      expect((await reader.pinned()).version).toBe(V2);
      expect([pinned.version, await pinned.documents()]).toEqual([V1, {}]);
      expect(await pinned.values([id(1)], ['score'])).toEqual([[1]]);
      expect(await pinned.progress()).toEqual({ position: at(1), day: 20_001 });
    });

    test('stops telling of a version once another is promoted', async () => {
      const first = await written(V1, 1);
      const next = await written(V2, 2);
      await next.promote();
      await eventually(async () => expect(first.promoted).toBe(false));
      await first.promote();
      await eventually(async () => expect(next.promoted).toBe(false));
      expect(await shelf.current()).toBe(V1);
    });

    test('gives out all that a version holds', async () => {
      const one = await store(V1);
      const keys = [
        { type: 'phone', key: id(4) },
        { type: '', key: id(2) },
      ];
      const row = { type: 'email', fragment: { n: 1 } };
      const cell: Cell = { metric: 'calls', day: 20_003, dims: { kind: 'in' }, values: [2, 0.5] };
      const contribution: Finished = {
        customer: id(1),
        cells: [cell, { metric: 'sizes', dims: {}, values: [1] }],
        indexes: [
          { field: 'score', value: 1.5 },
          { field: 'name', value: 'z'.repeat(300) },
          { field: 'on', value: false },
        ],
        nextChange: 20_009,
      };
      const failed: Finished = { customer: id(2), cells: [], indexes: [], nextChange: undefined, failed: 'E' };
      await one.commit({
        checkpoint: checkpoint(3),
        settled: true,
        subjects: new Map([
          [id(2), row],
          [id(4), row],
        ]),
        members: new Map([
          [id(2), keys],
          [id(4), []],
        ]),
        cells: [cell],
        contributions: new Map([
          [id(2), failed],
          [id(1), contribution],
        ]),
      });
      const snapshot = (await shelf.snapshot(V1))!;
      expect([snapshot.projection, snapshot.version]).toEqual([one.projection, V1]);
      expect(snapshot.checkpoints).toEqual([checkpoint(3)]);
      expect(await all(snapshot.contributions())).toEqual([contribution, failed]);
      expect(sorted(await all(snapshot.cells()))).toEqual(
        sorted([
          { ...cell, values: [4, 1] },
          { metric: 'sizes', dims: {}, values: [1] },
        ]),
      );
      expect(sorted(await all(snapshot.subjects()))).toEqual([
        { subject: id(2), row },
        { subject: id(4), row },
      ]);
      expect(sorted(await all(snapshot.members()))).toEqual(
        sorted([
          { customer: id(2), keys },
          { customer: id(4), keys: [] },
        ]),
      );
      await snapshot.close();
      expect(await shelf.snapshot(V2)).toBeUndefined();
    });

    test('gives out all customers in the order of their ids, and lets others have their turn meanwhile', async () => {
      const one = await store(V1);
      const contents = scored(many(MANY).reverse(), 1);
      await one.commit({ checkpoint: checkpoint(1), settled: true, ...contents });
      const snapshot = (await shelf.snapshot(V1))!;
      let turns = 0;
      const others = setInterval(() => turns++, 0);
      const found: string[] = [];
      for await (const { customer } of snapshot.contributions()) {
        // The first commit after the opening of one that lasts must not be seen.
        if (found.length === 0 && snapshot.isLasting) {
          await one.commit({
            checkpoint: checkpoint(2),
            settled: true,
            contributions: new Map(many(MANY).map((n) => [id(n), undefined])),
          });
        }
        found.push(customer);
      }
      clearInterval(others);
      expect(turns).toBeGreaterThan(0);
      expect(found).toEqual(many(MANY).map(id));
      expect(snapshot.checkpoints).toEqual([checkpoint(1)]);
      if (snapshot.isLasting)
        expect(await all(snapshot.cells())).toEqual([{ metric: 'customers', dims: { score: '1' }, values: [MANY] }]);
      await snapshot.close();
    });

    test('is built by several together, who add up to what one would have written', async () => {
      const builders = await Promise.all([1, 2, 3].map(() => store(V1, { token: 5, joint: true, beside: true })));
      const rounds = [0, 1, 2, 3];
      const unsettled = { checkpoint: checkpoint(0), settled: false };
      await Promise.all(
        builders.map(async (builder, b) => {
          for (const round of rounds) {
            const ids = many(round === 2 ? MANY : 5).map((n) => 100_000 * (4 * b + round) + n);
            await builder.commit({
              ...unsettled,
              ...scored(ids, round),
              subjects: new Map(ids.map((n) => [id(n), { fragment: { n, text: 'x'.repeat(1_000) } }])),
              cells: [{ metric: 'calls', dims: { round: String(round), of: 'all' }, values: [2 ** 40, 1, b] }],
              touched: ids.slice(0, 1).map(id),
              marks: new Map<string, JsonValue>([[`${b}/${round}`, round]]),
            });
          }
        }),
      );
      const owner = await store(V1, { beside: true });
      expect((await owner.marks()).size).toBe(12);
      expect(await owner.touched(100)).toHaveLength(12);
      await owner.commit({ checkpoint: checkpoint(9), settled: true });
      const { reader, close } = (await shelf.open(V1))!;
      expect(await reader.customerCount()).toBe(3 * (15 + MANY));
      expect(await all(reader.cells('calls', { timed: false }))).toEqual(
        rounds.map((n) => ({ metric: 'calls', dims: { round: String(n), of: 'all' }, values: [3 * 2 ** 40, 3, 3] })),
      );
      expect(await all(reader.cells('customers', { timed: false }))).toEqual(
        rounds.map((n) => ({ metric: 'customers', dims: { score: String(n) }, values: [n === 2 ? 3 * MANY : 15] })),
      );
      expect(await reader.values([0, 100_000, 200_000, 1_100_000].map(id), ['score'])).toEqual([[0], [1], [2], [3]]);
      await close();
    });

    test('refuses those who built it together once it is opened without them', async () => {
      const [one, other] = [await store(V1, { token: 5, joint: true }), await store(V1, { token: 5, joint: true })];
      await one!.commit({ checkpoint: checkpoint(1), settled: false });
      await other!.commit({ checkpoint: checkpoint(1), settled: false });
      const [later] = [await store(V1, { token: 6, joint: true })];
      for (const builder of [one, other]) {
        await expect(builder!.commit({ checkpoint: checkpoint(2), settled: false })).rejects.toMatchObject({
          code: 'view-taken-over',
        });
      }
      await later.commit({ checkpoint: checkpoint(2), settled: false });
      await store(V1);
      await expect(later.commit({ checkpoint: checkpoint(3), settled: false })).rejects.toMatchObject({
        code: 'view-taken-over',
      });
    });
  });
}

/** Each of these customers, with such a score. */
function scored(ids: readonly number[], score: number): Pick<ViewChanges<unknown>, 'contributions'> {
  const one = (n: number): Finished => ({
    customer: id(n),
    cells: [{ metric: 'customers', dims: { score: String(score) }, values: [1] }],
    indexes: [{ field: 'score', value: score }],
    nextChange: undefined,
  });
  return { contributions: new Map(ids.map((n) => [id(n), one(n)])) };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function sorted<T>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

async function eventually(expectation: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await expectation();
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
