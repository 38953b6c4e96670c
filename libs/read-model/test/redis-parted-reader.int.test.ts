import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cell, IndexValue, Key, Position } from '@throughline/contracts';
import fc from 'fast-check';
import {
  CellSums,
  connectRedis,
  openRedisVersionShelf,
  openRedisViewReader,
  partedVersion,
  type CurrentViewReader,
  type Finished,
  type Parked,
  type RedisConnection,
  type ScannedEntry,
  type SubjectRow,
  type VersionSnapshot,
  type ViewReader,
} from '../src/index.ts';
import { openPartedStores, type Contents, type SubjectCell } from './support/parted-stores.ts';
import { describeWithRedis, startCluster, startRedis } from './support/redis-server.ts';

const VERSION = '0123456789abcdef';
const DAYS = { timed: true, from: -2, to: 2 } as const;
const METRICS = ['calls', 'customers'];
const FIELDS = ['f', 'g'];
const at = (n: number) => n.toString(16).padStart(16, '0') as Position;
/** Sixteen people in each part of sixteen, some of whom have something. */
const idOf = (n: number) => (n % 16).toString(16) + n.toString(16).padStart(31, '0');

const id = fc.nat({ max: 63 }).map(idOf);
const value: fc.Arbitrary<IndexValue> = fc.oneof(
  fc.constantFrom<IndexValue>(
    0,
    -0,
    1,
    2.5,
    -3,
    true,
    false,
    '',
    'a',
    'a\u0000',
    'z'.repeat(300),
    `${'z'.repeat(300)}!`,
    'é',
  ),
  fc.double({ noNaN: true }),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const cell: fc.Arbitrary<Cell> = fc.record(
  {
    metric: fc.constantFrom(...METRICS),
    day: fc.integer({ min: -3, max: 3 }),
    dims: fc.constantFrom<Cell['dims']>({}, { size: 's' }, { size: 'l' }, { size: 's', channel: 'é' }),
    values: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 2, maxLength: 2 }),
  },
  { requiredKeys: ['metric', 'dims', 'values'] },
);
const row: fc.Arbitrary<SubjectRow<unknown>> = fc.record(
  { type: fc.constantFrom('email', ''), fragment: fc.nat(9), parked: fc.constant(['t']) },
  { requiredKeys: [] },
);
const contribution = fc.record(
  {
    indexes: fc
      .dictionary(fc.constantFrom(...FIELDS), value)
      .map((fields) => Object.entries(fields).map(([field, value]) => ({ field, value }))),
    cells: fc.uniqueArray(cell, {
      maxLength: 3,
      selector: ({ metric, day, dims }) => JSON.stringify([metric, day, dims]),
    }),
    failed: fc.constant('E'),
  },
  { requiredKeys: ['indexes', 'cells'] },
);
const contents = fc.record({
  subjects: fc.uniqueArray(fc.tuple(id, fc.option(row, { nil: undefined })), { maxLength: 30, selector: ([id]) => id }),
  contributions: fc.uniqueArray(fc.tuple(id, fc.option(contribution, { nil: undefined })), {
    maxLength: 30,
    selector: ([id]) => id,
  }),
  cells: fc.array(fc.tuple(id, cell), { maxLength: 20 }),
  /** Keys that stand with another customer. */
  standing: fc.uniqueArray(fc.tuple(id, id), { maxLength: 20, selector: ([id]) => id }),
  parked: fc.uniqueArray(fc.tuple(fc.constantFrom('t', 'u', 'v'), id), { selector: ([id]) => id }),
  moves: fc.uniqueArray(fc.constantFrom('r', 's'), {}),
});

describeWithRedis('a view that is kept in several parts, on', () => {
  onServers('one server', async () => startRedis(), 40);
  onServers('a cluster of three', async () => startCluster(), 10);
});

function onServers(name: string, start: () => Promise<{ url: string; remove(): Promise<void> }>, numRuns: number) {
  let servers: Awaited<ReturnType<typeof start>>;
  let connection: RedisConnection;
  let views = 0;
  beforeAll(async () => {
    servers = await start();
    connection = await connectRedis({ url: servers.url });
  });
  afterAll(async () => {
    await connection.close();
    await servers.remove();
  });

  test.each([1, 2, 4, 16])(`${name}, in %i, answers what it would answer in one`, async (of) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(contents, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 7 }),
        fc.tuple(fc.option(value, { nil: undefined }), fc.option(value, { nil: undefined })),
        async (commits, limit, bounds) => {
          const [whole, parted] = await Promise.all([1, of].map((parts) => filled(`view${++views}`, parts, commits)));
          try {
            await expectSame(whole!.reader, parted!.reader, limit, bounds);
            expect(await parted!.held()).toEqual(await whole!.held());
          } finally {
            await Promise.all([whole!.close(), parted!.close()]);
          }
        },
      ),
      { numRuns },
    );
  });

  async function filled(projection: string, of: number, all: readonly Generated[]) {
    const view = { projection, version: partedVersion(VERSION, of) };
    const stores = await openPartedStores(connection, view);
    let n = 0;
    for (const one of all) await stores.commit(contentsOf(one, ++n));
    const reader = await openRedisViewReader({ connection, projection });
    expect(reader.version).toBe(view.version);
    const held = async () => heldBy((await openRedisVersionShelf({ connection, projection }).snapshot(view.version))!);
    return { reader, held, close: () => stores.close() };
  }
}

/** All that a snapshot holds: what is in no order in one of its own, and the cells of its parts added up. */
async function heldBy(snapshot: VersionSnapshot) {
  const cells = new CellSums();
  for await (const cell of snapshot.cells()) cells.add([cell]);
  return {
    checkpoints: [...new Set(snapshot.checkpoints.map((checkpoint) => JSON.stringify(checkpoint)))],
    contributions: await all(snapshot.contributions()),
    cells: sorted([...cells]),
    subjects: sorted(await all(snapshot.subjects())),
    members: sorted(await all(snapshot.members())),
  };
}

function sorted<T>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

type Generated = typeof contents extends fc.Arbitrary<infer T> ? T : never;

function contentsOf(generated: Generated, n: number): Contents {
  const members = new Map<string, Key[]>();
  for (const [key, customer] of generated.standing) {
    if (key < customer && !members.has(key)) members.set(key, []);
    const keys = members.get(customer) ?? [];
    members.set(customer, [...keys, { type: key < customer ? 'phone' : '', key }]);
  }
  return {
    checkpoint: { position: at(n), day: n, ticked: true },
    settled: true,
    subjects: new Map(generated.subjects),
    contributions: new Map(
      generated.contributions.map(([customer, one]): [string, Finished | undefined] => [
        customer,
        one && { ...one, customer, nextChange: undefined },
      ]),
    ),
    cells: generated.cells as readonly SubjectCell[],
    standing: new Map(generated.standing),
    members,
    parked: new Map(
      generated.parked.map(([id, of]): [string, Parked] => [`${id}${of}`, { id, of, stage: 'fold', error: 'E' }]),
    ),
    moves: new Map(
      generated.moves.map((id) => [
        id,
        { position: at(id === 'r' ? n : 99 - n), from: idOf(1), to: idOf(2), touchpoints: [id] },
      ]),
    ),
  };
}

async function expectSame(
  whole: CurrentViewReader,
  parted: CurrentViewReader,
  limit: number,
  [from, to]: readonly [IndexValue | undefined, IndexValue | undefined],
) {
  const everybody = Array.from({ length: 65 }, (_, n) => idOf(64 - n));
  const bounds = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const questions: ((reader: ViewReader) => Promise<unknown>)[] = [
    (reader) => reader.progress(),
    (reader) => reader.customerCount(),
    (reader) => reader.parkedCount(),
    (reader) => reader.parked({ limit }),
    (reader) => reader.parked({ after: 't', limit }),
    (reader) => reader.moves(),
    (reader) => reader.customersOf([...everybody, 'nobody']),
    (reader) => Promise.all([...everybody, 'nobody', ''].map((id) => reader.customer(id))),
    (reader) => reader.values([...everybody, everybody[0]!], [...FIELDS, 'none']),
    ...METRICS.flatMap((metric) => [
      (reader: ViewReader) => all(reader.cells(metric, { timed: false })),
      (reader: ViewReader) => all(reader.cells(metric, DAYS)),
    ]),
    ...[false, true].flatMap((descending) => [
      (reader: ViewReader) => pages(reader, { descending, limit }),
      (reader: ViewReader) => pages(reader, { ...bounds, descending, limit }),
    ]),
  ];
  const [one, several] = await Promise.all(
    [whole, parted].map((reader) => Promise.all(questions.map((ask) => ask(reader)))),
  );
  expect(several).toEqual(one);
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function pages(
  reader: ViewReader,
  scan: { from?: IndexValue; to?: IndexValue; descending: boolean; limit: number },
) {
  const found: ScannedEntry[] = [];
  for (;;) {
    const after = found.at(-1);
    const page = await reader.scan({ field: FIELDS[0]!, ...scan, ...(after && { after }) });
    found.push(...page);
    if (page.length < scan.limit) return found;
  }
}
