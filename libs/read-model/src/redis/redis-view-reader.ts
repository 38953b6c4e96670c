import { START, type Cell, type Day, type IndexValue } from '@throughline/contracts';
import { highest, indexKey, lowest, readIndexKey } from '../embedded/index-key.ts';
import type { Move } from '../move.ts';
import type { CustomerState, IndexScan, Progress, ScannedEntry, ViewReader } from '../port.ts';
import type { SubjectRow } from '../store.ts';
import { cellPrefix, readCell } from './cell-name.ts';
import type { Client } from './client.ts';
import { idBytes, idOf, unpack } from './codec.ts';
import { fieldName, valueOf, type ContributionRow } from './contribution-row.ts';
import {
  READ_ALL,
  READ_CELLS,
  READ_CUSTOMER,
  READ_FIELDS,
  READ_INDEX,
  READ_SIZE,
  READ_VALUES,
} from './read-scripts.ts';
import { readMembers, readMoves } from './rows.ts';
import { ShardReader } from './shard-reader.ts';
import { FIELD, TABLE, viewShard, type ViewName } from './view-shard.ts';

const NO_PROGRESS: Progress = { position: START, day: undefined };
/** Cells asked for at a time, at first. */
const CELLS = 10_000;
/** Of a key of the index: the field's number. */
const FIELD_BYTES = 4;
/** Above every dimensions' text: UTF-8 has no such byte. */
const LAST = Buffer.from([0xff]);

/** Cells made before others get their turn on the thread. */
const CELLS_A_TURN = 1_000;

type Bytes = Buffer | null;
export type CellRange = { timed: false } | { timed: true; from: Day; to: Day };

interface StoredCells {
  readonly names: Buffer[];
  readonly values: Buffer[];
}

/** The reading side of one version of one projection in Redis. What a call answers is of one commit. */
export class RedisViewReader implements ViewReader {
  readonly projection: string;
  readonly version: string;
  readonly #shard: ShardReader;

  constructor(client: Client, name: ViewName) {
    this.projection = name.projection;
    this.version = name.version;
    this.#shard = new ShardReader(client, viewShard(name));
  }

  /** Also of a view that is not complete: it says how far it has come. */
  async progress(): Promise<Progress> {
    const [progress] = await this.#shard.says(FIELD.progress);
    return progress ? unpack<Progress>(progress) : NO_PROGRESS;
  }

  async customersOf(keys: readonly string[]): Promise<readonly string[]> {
    const [customers] = (await this.#shard.ask(READ_FIELDS, [TABLE.standing], keys.map(idBytes))) as [Bytes[]];
    return customers.map((customer, i) => (customer ? idOf(customer) : keys[i]!));
  }

  async customer<F>(id: string): Promise<CustomerState<F> | undefined> {
    const tables = [TABLE.standing, TABLE.members, TABLE.subjects, TABLE.contributions];
    for (const found of await this.#shard.ask(READ_CUSTOMER, tables, [idBytes(id)])) {
      const state = stateOf<F>(found as [Buffer, Bytes, Bytes[], Bytes]);
      if (state) return state;
    }
    return undefined;
  }

  async values(
    customers: readonly string[],
    fields: readonly string[],
  ): Promise<readonly (readonly (IndexValue | undefined)[])[]> {
    const asked = [fields.length, ...fields.map(fieldName), ...customers.map(idBytes)];
    const [numbers, rows] = (await this.#shard.ask(READ_VALUES, [TABLE.numbers, TABLE.contributions], asked)) as [
      Bytes[],
      Bytes[],
    ];
    return rows.map((bytes) => {
      const row = bytes ? unpack<ContributionRow>(bytes) : undefined;
      return numbers.map((number) => (row && number ? valueOf(row, Number(number)) : undefined));
    });
  }

  async scan({ field, from, to, descending = false, after, limit }: IndexScan): Promise<readonly ScannedEntry[]> {
    if (from !== undefined && to !== undefined && typeof from !== typeof to) return [];
    const [low, high] = [bound('[', lowest(0, from, to)), bound('[', highest(0, from, to))];
    const start = after && bound('(', indexKey(0, after.value, after.customer));
    const [entries, whole] = (await this.#shard.ask(
      READ_INDEX,
      [TABLE.numbers, TABLE.index, TABLE.whole],
      descending
        ? [fieldName(field), 'ZREVRANGEBYLEX', start ?? high, low, limit]
        : [fieldName(field), 'ZRANGEBYLEX', start ?? low, high, limit],
    )) as [Buffer[], Buffer[]];
    return entries.map((entry, i) => readIndexKey(entry, whole[i]!));
  }

  async customerCount(): Promise<number> {
    return this.#size(TABLE.contributions);
  }

  async parkedCount(): Promise<number> {
    return this.#size(TABLE.parked);
  }

  async moves(): Promise<readonly Move[]> {
    const [flat] = (await this.#shard.ask(READ_ALL, [TABLE.moves])) as [Buffer[]];
    return readMoves(flat).map(([, move]) => move);
  }

  async *cells(metric: string, range: CellRange): AsyncIterable<Cell> {
    yield* await this.cellsOf(metric, range);
  }

  /** All of them, read; made into cells as they are taken. */
  async cellsOf(metric: string, range: CellRange): Promise<AsyncIterable<Cell>> {
    const [from, to] = range.timed ? [range.from, range.to] : [undefined, undefined];
    return made(metric, await this.#cells(cellPrefix(metric, from), cellPrefix(metric, to)));
  }

  /**
   * Pages of one commit. When there was another between two pages it begins anew with larger ones: in the end, with one.
   */
  async #cells(first: string, last: string): Promise<StoredCells> {
    const end = Buffer.concat([Buffer.from(`[${last}`), LAST]);
    for (let page = CELLS; ; page *= 4) {
      const all: StoredCells = { names: [], values: [] };
      let commits: string | undefined;
      for (let start = Buffer.from(`[${first}`); ;) {
        const [now, names, values] = (await this.#shard.ask(
          READ_CELLS,
          [TABLE.cells, TABLE.cellOrder],
          [start, end, page],
        )) as [Buffer, Buffer[], Buffer[]];
        if (commits !== undefined && commits !== String(now)) break;
        commits = String(now);
        for (const name of names) all.names.push(name);
        for (const value of values) all.values.push(value);
        if (names.length < page) return all;
        start = Buffer.concat([Buffer.from('('), names.at(-1)!]);
      }
    }
  }

  async #size(table: string): Promise<number> {
    const [size] = await this.#shard.ask(READ_SIZE, [table]);
    return size as number;
  }
}

async function* made(metric: string, { names, values }: StoredCells): AsyncIterable<Cell> {
  for (let i = 0; i < names.length; i++) {
    if (i % CELLS_A_TURN === CELLS_A_TURN - 1) await new Promise(setImmediate);
    yield readCell(String(names[i]), metric, unpack<number[]>(values[i]!));
  }
}

/** Undefined when no touchpoint of the customer is known. */
function stateOf<F>([id, packed, rows, contributed]: readonly [Buffer, Bytes, Bytes[], Bytes]):
  CustomerState<F> | undefined {
  const known = packed ? readMembers(packed) : [{ type: '', key: idOf(id) }];
  const fragments: { subject: string; fragment: F }[] = [];
  let incomplete = false;
  const keys = known.map(({ type, key }, i) => {
    const row = rows[i] ? unpack<SubjectRow<F>>(rows[i]) : undefined;
    if (row?.fragment !== undefined) fragments.push({ subject: key, fragment: row.fragment });
    // A row without a type is of a touchpoint about nobody known.
    if (row?.parked !== undefined && row.type !== undefined) incomplete = true;
    return { type: type || (row?.type ?? 'unknown'), key };
  });
  if (fragments.length === 0 && !incomplete) return undefined;
  const contribution = contributed ? unpack<ContributionRow>(contributed) : undefined;
  return { id: idOf(id), keys, fragments, incomplete: incomplete || contribution?.[1] != null };
}

/** Without the field's own bytes: only the server knows its number. */
function bound(sign: '[' | '(', key: Buffer): Buffer {
  return Buffer.concat([Buffer.from(sign), key.subarray(FIELD_BYTES)]);
}
