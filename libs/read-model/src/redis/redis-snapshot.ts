import type { Cell, Key } from '@throughline/contracts';
import { partsOf } from '../parts.ts';
import { NO_CHECKPOINT, type Checkpoint, type Finished, type SubjectRow } from '../store.ts';
import type { VersionSnapshot } from '../version-shelf.ts';
import { metricOf, readCell } from './cell-name.ts';
import type { Client } from './client.ts';
import { idBytes, idOf, unpack } from './codec.ts';
import { contributionOf, numbersIn, type ContributionRow } from './contribution-row.ts';
import { readMembers } from './rows.ts';
import { scatter } from './scatter.ts';
import { keyOf, META, type ShardName } from './shard.ts';
import { FIELD, partShard, TABLE } from './view-shard.ts';

/** Rows asked for at a time. */
const SLICE = 500;
const CELLS = 2_000;

/** Opens all of a version as it is being read: it is of one moment only while its writers hold still. */
export async function openRedisSnapshot(
  client: Client,
  name: { readonly projection: string; readonly version: string },
): Promise<VersionSnapshot> {
  const parts = Array.from(
    { length: partsOf(name.version) },
    (_, index) => new PartRows(client, partShard(name, index)),
  );
  const checkpoints = await Promise.all(parts.map((part) => part.checkpoint()));
  return new RedisSnapshot(name, parts, checkpoints);
}

class RedisSnapshot implements VersionSnapshot {
  readonly projection: string;
  readonly version: string;
  readonly isLasting = false;
  readonly checkpoints: readonly Checkpoint[];
  readonly #parts: readonly PartRows[];

  constructor(
    { projection, version }: { readonly projection: string; readonly version: string },
    parts: readonly PartRows[],
    checkpoints: readonly Checkpoint[],
  ) {
    this.projection = projection;
    this.version = version;
    this.checkpoints = checkpoints;
    this.#parts = parts;
  }

  async *contributions(): AsyncIterable<Finished> {
    const customers = (await Promise.all(this.#parts.map((part) => part.ids(TABLE.contributions)))).flat().sort();
    for (const slice of slicesOf(customers, SLICE)) {
      yield* await scatter(slice, this.#parts.length, (part, those) => this.#parts[part]!.contributions(those));
    }
  }

  async *cells(): AsyncIterable<Cell> {
    for (const part of this.#parts) yield* part.cells();
  }

  async *subjects(): AsyncIterable<{ readonly subject: string; readonly row: SubjectRow<unknown> }> {
    for (const part of this.#parts) {
      for await (const [subject, row] of part.rows(TABLE.subjects)) yield { subject, row: unpack(row) };
    }
  }

  /** They are kept whole in every part. */
  async *members(): AsyncIterable<{ readonly customer: string; readonly keys: readonly Key[] }> {
    for await (const [customer, row] of this.#parts[0]!.rows(TABLE.members)) yield { customer, keys: readMembers(row) };
  }

  async close(): Promise<void> {}
}

/** What one part holds. */
class PartRows {
  readonly #client: Client;
  readonly #name: ShardName;
  /** Names by their numbers, of fields and cells: a part has its own. */
  readonly #names = new Map<number, string>();

  constructor(client: Client, name: ShardName) {
    this.#client = client;
    this.#name = name;
  }

  async checkpoint(): Promise<Checkpoint> {
    const packed = (await this.#client.call('HGET', this.#key(META), FIELD.checkpoint)) as Buffer | null;
    return packed ? unpack<Checkpoint>(packed) : NO_CHECKPOINT;
  }

  async ids(table: string): Promise<readonly string[]> {
    return ((await this.#client.call('HKEYS', this.#key(table))) as readonly Buffer[]).map(idOf);
  }

  async *rows(table: string): AsyncIterable<readonly [id: string, row: Buffer]> {
    for (const slice of slicesOf(await this.ids(table), SLICE)) {
      const rows = await this.#client.fields(this.#key(table), slice.map(idBytes));
      for (let i = 0; i < slice.length; i++) if (rows[i]) yield [slice[i]!, rows[i]!];
    }
  }

  async contributions(customers: readonly string[]): Promise<readonly Finished[]> {
    const packed = await this.#client.fields(this.#key(TABLE.contributions), customers.map(idBytes));
    const rows = packed.map((row) => (row ? unpack<ContributionRow>(row) : undefined));
    await this.#load(rows.flatMap((row) => [...numbersIn(row)]));
    return rows.flatMap((row, i) =>
      row ? [contributionOf(customers[i]!, row, (number) => this.#names.get(number)!)] : [],
    );
  }

  async *cells(): AsyncIterable<Cell> {
    for (let start: string | Buffer = '-'; ;) {
      const names = (await this.#client.call(
        'ZRANGEBYLEX',
        this.#key(TABLE.cellOrder),
        start,
        '+',
        'LIMIT',
        0,
        CELLS,
      )) as readonly Buffer[];
      const values = await this.#client.fields(this.#key(TABLE.cells), names);
      for (let i = 0; i < names.length; i++) {
        const name = String(names[i]);
        if (values[i]) yield readCell(name, metricOf(name), unpack<number[]>(values[i]!));
      }
      if (names.length < CELLS) return;
      start = Buffer.concat([Buffer.from('('), names.at(-1)!]);
    }
  }

  async #load(numbers: readonly number[]): Promise<void> {
    const missing = [...new Set(numbers)].filter((number) => !this.#names.has(number));
    const found = await this.#client.fields(this.#key(TABLE.names), missing);
    missing.forEach((number, i) => this.#names.set(number, String(found[i])));
  }

  #key(table: string): string {
    return keyOf(this.#name, table);
  }
}

function* slicesOf<T>(all: readonly T[], size: number): Iterable<readonly T[]> {
  for (let i = 0; i < all.length; i += size) yield all.slice(i, i + size);
}
