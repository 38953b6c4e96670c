import { earlier, START, type Position } from '@throughline/contracts';
import type { Part } from '../parts.ts';
import type { Handed, Neighbours, SubjectRow } from '../store.ts';
import type { Client } from './client.ts';
import { idBytes, unpack } from './codec.ts';
import { clientOf, type RedisConnection } from './connection.ts';
import { handedRow, readHandedRow, rowsFor } from './handed-row.ts';
import { scatter } from './scatter.ts';
import { keyOf } from './shard.ts';
import { toldProgress } from './told-progress.ts';
import { partShard, TABLE, type ViewName } from './view-shard.ts';

export interface OpenRedisNeighbours extends Omit<ViewName, 'shard'> {
  readonly connection: RedisConnection;
  /** Whose neighbours they are. */
  readonly part: Part;
}

/** How the writer of one part of a version meets the others. A part that is lost, or was never made, has nothing. */
export function openRedisNeighbours({ connection, part, ...view }: OpenRedisNeighbours): Neighbours {
  return new RedisNeighbours(clientOf(connection), view, part);
}

class RedisNeighbours implements Neighbours {
  readonly #client: Client;
  readonly #view: Omit<ViewName, 'shard'>;
  readonly #part: Part;

  constructor(client: Client, view: Omit<ViewName, 'shard'>, part: Part) {
    this.#client = client;
    this.#view = view;
    this.#part = part;
  }

  subjects<F>(subjects: readonly string[]): Promise<readonly (SubjectRow<F> | undefined)[]> {
    return scatter(subjects, this.#part.of, async (index, those) => {
      const rows = await this.#client.fields(this.#key(index, TABLE.subjects), those.map(idBytes));
      return rows.map((row) => (row ? unpack<SubjectRow<F>>(row) : undefined));
    });
  }

  async handed(limit: number): Promise<readonly Handed[]> {
    const others = this.#all().filter((index) => index !== this.#part.index);
    const waiting = await Promise.all(
      others.map(async (from) => {
        const [first, last] = rowsFor(this.#part.index);
        const rows = await this.#client.call('ZRANGEBYLEX', this.#handed(from), first, last, 'LIMIT', 0, limit);
        return (rows as readonly Buffer[]).map((row) => ({ ...readHandedRow(row), from }));
      }),
    );
    return waiting.flat();
  }

  async finished(handed: readonly Handed[]): Promise<void> {
    const rows = new Map<number, Buffer[]>();
    for (const { from, since, customer } of handed) {
      const row = handedRow(this.#part.index, since, customer);
      const those = rows.get(from);
      if (those) those.push(row);
      else rows.set(from, [row]);
    }
    await Promise.all([...rows].map(([from, those]) => this.#client.call('ZREM', this.#handed(from), ...those)));
  }

  async progress(): Promise<Position> {
    const { of } = this.#part;
    const told = await Promise.all(
      this.#all().map((index) => toldProgress(this.#client, partShard(this.#view, index), of)),
    );
    return told.map((part) => (part && part.completeAt === undefined ? part.progress.position : START)).reduce(earlier);
  }

  #all(): readonly number[] {
    return Array.from({ length: this.#part.of }, (_, index) => index);
  }

  #handed(index: number): string {
    return this.#key(index, TABLE.handed);
  }

  #key(index: number, table: string): string {
    return keyOf(partShard(this.#view, index), table);
  }
}
