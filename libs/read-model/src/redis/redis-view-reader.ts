import type { Cell, Day, Documents, IndexValue } from '@throughline/contracts';
import { highest, indexKey, lowest, readIndexKey } from '../embedded/index-key.ts';
import type { Move } from '../move.ts';
import type { Parked, ParkedPage } from '../parked.ts';
import { partsOf } from '../parts.ts';
import type { CustomerState, IndexScan, Progress, ScannedEntry, ViewReader } from '../port.ts';
import { cellPrefix } from './cell-name.ts';
import type { Client } from './client.ts';
import { idBytes, idOf, unpack } from './codec.ts';
import { fieldName, valueOf, type ContributionRow } from './contribution-row.ts';
import { keysOfCustomer, stateOf, type Bytes } from './customer-state.ts';
import { cellsIn, type FoundCells } from './found-cells.ts';
import {
  READ_ALL,
  READ_CELLS,
  READ_CUSTOMER,
  READ_FIELDS,
  READ_INDEX,
  READ_MEMBERSHIP,
  READ_PAGE,
  READ_SIZE,
  READ_VALUES,
} from './read-scripts.ts';
import { readMoves } from './rows.ts';
import { Absent, ShardReader } from './shard-reader.ts';
import type { ShardName } from './shard.ts';
import { toldProgress } from './told-progress.ts';
import { FIELD, TABLE, viewShard, type ViewName } from './view-shard.ts';

/** Cells asked for at a time, at first. */
const CELLS = 10_000;
/** Of a key of the index: the field's number. */
const FIELD_BYTES = 4;
/** Above every dimensions' text: UTF-8 has no such byte. */
const LAST = Buffer.from([0xff]);

export type CellRange = { timed: false } | { timed: true; from: Day; to: Day };

/** One version, whose cells are all read when it answers, and made as they are taken. */
export interface VersionReader extends ViewReader {
  cellsOf(metric: string, range: CellRange): Promise<AsyncIterable<Cell>>;
}

/** What one part knows of an id. */
export interface FoundMembership {
  /** The id, as it is stored. */
  readonly name: Buffer;
  /** The customer it stands with: itself where nothing was decided. */
  readonly stands: string;
  readonly members: Bytes;
  readonly contribution: Bytes;
}

/** The reading side of one version of one projection in Redis, or of one part of it. What a call answers is of one commit. */
export class RedisViewReader implements VersionReader {
  readonly projection: string;
  readonly version: string;
  readonly #client: Client;
  readonly #name: ShardName;
  readonly #shard: ShardReader;

  constructor(client: Client, name: ViewName) {
    this.projection = name.projection;
    this.version = name.version;
    this.#client = client;
    this.#name = viewShard(name);
    this.#shard = new ShardReader(client, this.#name);
  }

  /** Also of a view that is not complete. */
  async documents(): Promise<Documents> {
    const [documents] = await this.#shard.says(FIELD.documents);
    return documents ? unpack<Documents>(documents) : {};
  }

  /** Also of a view that is not complete: it says how far it has come. */
  async progress(): Promise<Progress> {
    const told = await toldProgress(this.#client, this.#name, partsOf(this.version));
    if (!told) throw new Absent(this.#name.tag);
    return told.progress;
  }

  async customersOf(keys: readonly string[]): Promise<readonly string[]> {
    const [customers] = (await this.#shard.ask(READ_FIELDS, [TABLE.standing], keys.map(idBytes))) as [Bytes[]];
    return customers.map((customer, i) => (customer ? idOf(customer) : keys[i]!));
  }

  async customer<F>(id: string): Promise<CustomerState<F> | undefined> {
    const tables = [TABLE.standing, TABLE.members, TABLE.subjects, TABLE.contributions];
    for (const found of await this.#shard.ask(READ_CUSTOMER, tables, [idBytes(id)])) {
      const [name, members, rows, contribution] = found as [Buffer, Bytes, Bytes[], Bytes];
      const state = stateOf<F>(name, keysOfCustomer(name, members), rows, contribution);
      if (state) return state;
    }
    return undefined;
  }

  /** What this part knows of an id that may be a customer. */
  async membership(id: string): Promise<FoundMembership> {
    const name = idBytes(id);
    const tables = [TABLE.standing, TABLE.members, TABLE.contributions];
    const [found] = (await this.#shard.ask(READ_MEMBERSHIP, tables, [name])) as [Bytes[]];
    const [stands, members, contribution] = found as [Bytes, Bytes, Bytes];
    return { name, stands: stands ? idOf(stands) : id, members, contribution };
  }

  /** Rows of subjects, as they are stored. */
  async rows(subjects: readonly string[]): Promise<readonly Bytes[]> {
    const [rows] = (await this.#shard.ask(READ_FIELDS, [TABLE.subjects], subjects.map(idBytes))) as [Bytes[]];
    return rows;
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

  async parked({ after = '', limit }: ParkedPage): Promise<readonly Parked[]> {
    const [entries] = (await this.#shard.ask(READ_PAGE, [TABLE.parked], [after, limit])) as [Buffer[]];
    return entries.map((entry) => unpack<Parked>(entry));
  }

  async moves(): Promise<readonly Move[]> {
    const [flat] = (await this.#shard.ask(READ_ALL, [TABLE.moves])) as [Buffer[]];
    return readMoves(flat).map(([, move]) => move);
  }

  async *cells(metric: string, range: CellRange): AsyncIterable<Cell> {
    yield* await this.cellsOf(metric, range);
  }

  async cellsOf(metric: string, range: CellRange): Promise<AsyncIterable<Cell>> {
    return cellsIn(metric, [await this.foundCells(metric, range)]);
  }

  foundCells(metric: string, range: CellRange): Promise<FoundCells> {
    const [from, to] = range.timed ? [range.from, range.to] : [undefined, undefined];
    return this.#cells(cellPrefix(metric, from), cellPrefix(metric, to));
  }

  /**
   * Pages of one commit. When there was another between two pages it begins anew with larger ones: in the end, with one.
   */
  async #cells(first: string, last: string): Promise<FoundCells> {
    const end = Buffer.concat([Buffer.from(`[${last}`), LAST]);
    for (let page = CELLS; ; page *= 4) {
      const all: FoundCells = { names: [], values: [] };
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

/** Without the field's own bytes: only the server knows its number. */
function bound(sign: '[' | '(', key: Buffer): Buffer {
  return Buffer.concat([Buffer.from(sign), key.subarray(FIELD_BYTES)]);
}
