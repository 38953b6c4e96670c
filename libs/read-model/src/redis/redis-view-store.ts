import { START, type Day, type Documents, type JsonValue, type Key, type Position } from '@throughline/contracts';
import { indexKey, isCut } from '../embedded/index-key.ts';
import type { Move } from '../move.ts';
import { changeOf, type OutboxRow } from '../outbox.ts';
import { partOf, partsOf } from '../parts.ts';
import type { Progress } from '../port.ts';
import {
  NO_CHECKPOINT,
  type Checkpoint,
  type IdRange,
  type SubjectRow,
  type ViewChanges,
  type ViewStore,
  type WaitingChange,
} from '../store.ts';
import { CellChanges } from './cell-changes.ts';
import { cellName } from './cell-name.ts';
import type { Client } from './client.ts';
import { idBytes, idOf, leastNames, pack, unpack } from './codec.ts';
import { clientOf, type RedisConnection } from './connection.ts';
import {
  cellNameIn,
  cellsOf,
  changedEntries,
  fieldOf,
  fieldsIn,
  namesIn,
  rowOf,
  sameCells,
  sameRow,
  type ContributionRow,
} from './contribution-row.ts';
import { handedRow } from './handed-row.ts';
import { Names } from './names.ts';
import { readMembers, readMoves, writtenMembers } from './rows.ts';
import { COMPLETE_AT, keyOf, META, Shard } from './shard.ts';
import { toldProgress } from './told-progress.ts';
import { Versions } from './versions.ts';
import { FIELD, TABLE, viewShard, type ViewName } from './view-shard.ts';
import { WriteSet } from './write-set.ts';

export interface OpenRedisView extends ViewName {
  readonly connection: RedisConnection;
  /**
   * Of this writer's ownership: the revision of the shard's ownership stream. A later one wins, whatever Redis has forgotten.
   * Undefined: the next after the last that Redis knows of.
   */
  readonly token?: number;
  /**
   * One of several who build the version together, each its own subjects and customers: those who have one token do not refuse each other.
   * Until the first commit that is settled readers get `view-rebuilding`. Each run of a build needs a token of its own.
   */
  readonly joint?: boolean | undefined;
  /**
   * What a view that is not there must have reached before it answers: the log's head as the writer starts. Until then readers get
   * `view-rebuilding`, never a part of it. One part of several must also have nothing from before it waiting for another part.
   * Undefined: it answers from its first commit on.
   */
  readonly completeAt?: Position;
  /** Kept with a version that is new. */
  readonly documents?: Documents | undefined;
  /** Readers are not given it, though there be no other. */
  readonly beside?: boolean | undefined;
}

/** The writing side of one version of one projection in Redis. */
export interface RedisViewStore extends ViewStore {
  /**
   * Aborts when the view was lost or taken over though nothing is being committed, the error being its reason. A run that
   * stops by it is to end with that error, and to be started again.
   */
  readonly ended: AbortSignal;
}

/**
 * Opens a view for writing. From here on the commits of whoever had it open before are refused.
 *
 * @throws ThroughlineError `view-taken-over` by a later token; `read-model-unavailable`, `read-model-full`
 */
export async function openRedisViewStore({
  connection,
  token,
  joint = false,
  completeAt = START,
  documents,
  beside = false,
  ...name
}: OpenRedisView): Promise<RedisViewStore> {
  const client = clientOf(connection);
  const versions = new Versions(client, name.projection);
  await versions.register(name);
  let store: SharedViewStore | undefined;
  const shard = await Shard.takeOver(client, viewShard(name), {
    token,
    joint,
    begin: {
      ...((joint || completeAt > START) && { [COMPLETE_AT]: completeAt }),
      ...(documents && { [FIELD.documents]: pack(documents) }),
    },
    // What is told of the versions is in another slot, which can be lost alone.
    alongside: async () => {
      await versions.register(name);
      await store?.look();
    },
  });
  const waitsFor = await client.call('HGET', keyOf(shard.name, META), COMPLETE_AT);
  // A projection's first version has no other to wait behind.
  const current = beside ? await versions.current() : await versions.offer(name.version);
  const promoted = current === name.version;
  store = new SharedViewStore(name, client, shard, versions, { promoted, waitsFor: waitsFor as Buffer | null });
  return store;
}

class SharedViewStore implements RedisViewStore {
  readonly projection: string;
  readonly version: string;
  readonly #parts: number;
  readonly #client: Client;
  readonly #shard: Shard;
  readonly #versions: Versions;
  readonly #names: Names;
  #completeAt: Position | undefined;
  #promoted: boolean;
  /** Settles with the last commit. */
  #turn: Promise<void> = Promise.resolve();
  /** The last that was given; undefined before one is wanted. */
  #sequence: number | undefined;

  constructor(
    name: ViewName,
    client: Client,
    shard: Shard,
    versions: Versions,
    { promoted, waitsFor }: { promoted: boolean; waitsFor: Buffer | null },
  ) {
    this.projection = name.projection;
    this.version = name.version;
    this.#parts = partsOf(name.version);
    this.#client = client;
    this.#shard = shard;
    this.#versions = versions;
    this.#names = new Names(client, shard);
    this.#promoted = promoted;
    this.#completeAt = waitsFor === null ? undefined : (String(waitsFor) as Position);
  }

  get promoted(): boolean {
    return this.#promoted;
  }

  get ended(): AbortSignal {
    return this.#shard.ended;
  }

  async promote(): Promise<void> {
    await this.#versions.pointTo(this.version);
    this.#promoted = true;
  }

  /** What happens elsewhere: this version is promoted, or another one, or what was handed over is finished. */
  async look(): Promise<void> {
    // What readers are given is in another slot, which can be lost alone.
    const current = this.#promoted ? await this.#versions.offer(this.version) : await this.#versions.current();
    this.#promoted = current === this.version;
    if (this.#parts > 1) await this.#completeOnceTaken();
  }

  async checkpoint(): Promise<Checkpoint> {
    return (await this.#meta<Checkpoint>(FIELD.checkpoint)) ?? NO_CHECKPOINT;
  }

  async progress(): Promise<Progress> {
    return (await this.#meta<Progress>(FIELD.progress)) ?? { position: START, day: undefined };
  }

  async subjects<F>(subjects: readonly string[]): Promise<readonly (SubjectRow<F> | undefined)[]> {
    return this.#rows<SubjectRow<F>>(TABLE.subjects, subjects);
  }

  async standing(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    const customers = await this.#client.fields(this.#key(TABLE.standing), keys.map(idBytes));
    return customers.map((customer) => (customer ? idOf(customer) : undefined));
  }

  async members(customers: readonly string[]): Promise<readonly (readonly Key[] | undefined)[]> {
    const rows = await this.#client.fields(this.#key(TABLE.members), customers.map(idBytes));
    return rows.map((row) => (row ? readMembers(row) : undefined));
  }

  async moves(): Promise<ReadonlyMap<string, Move>> {
    const flat = (await this.#client.call('HGETALL', this.#key(TABLE.moves))) as readonly Buffer[];
    return new Map(readMoves(flat));
  }

  async touched(limit: number, { from = '', below }: IdRange = {}): Promise<readonly string[]> {
    const ends = below === undefined ? NAMES_END : leastNames(below);
    const found = await Promise.all(
      leastNames(from).map((first, form) =>
        this.#client.call(
          'ZRANGEBYLEX',
          this.#key(TABLE.touched),
          within('[', first),
          within('(', ends[form]!),
          'LIMIT',
          0,
          limit,
        ),
      ),
    );
    return found.flatMap(ids).sort().slice(0, limit);
  }

  async marks(): Promise<ReadonlyMap<string, JsonValue>> {
    const flat = (await this.#client.call('HGETALL', this.#key(TABLE.marks))) as readonly Buffer[];
    const marks = new Map<string, JsonValue>();
    for (let i = 0; i < flat.length; i += 2) marks.set(String(flat[i]), unpack<JsonValue>(flat[i + 1]!));
    return marks;
  }

  async due(day: Day, limit: number): Promise<readonly string[]> {
    return ids(await this.#client.call('ZRANGEBYSCORE', this.#key(TABLE.due), '-inf', day, 'LIMIT', 0, limit));
  }

  async parkedCount(): Promise<number> {
    return Number(await this.#client.call('HLEN', this.#key(TABLE.parked)));
  }

  async commit<F>(changes: ViewChanges<F>): Promise<void> {
    // One at a time: each says how many there were before it.
    const before = this.#turn;
    let end: (() => void) | undefined;
    this.#turn = new Promise((resolve) => (end = resolve));
    await before;
    try {
      await this.#shard.commit(await this.#writes(changes));
      if (this.#isComplete(changes)) this.#completeAt = undefined;
    } finally {
      end?.();
    }
  }

  async waiting(limit: number): Promise<readonly WaitingChange[]> {
    const { projection, version } = this;
    const rows = (await this.#client.call('ZRANGE', this.#key(TABLE.outbox), 0, limit - 1)) as readonly Buffer[];
    return rows.map((bytes) => {
      const [sequence, row] = unpack<StoredChange>(bytes);
      return { sequence, change: { projection, version, ...row } };
    });
  }

  async waitingCount(): Promise<number> {
    return Number(await this.#client.call('ZCARD', this.#key(TABLE.outbox)));
  }

  told(through: number): Promise<void> {
    return this.#shard.trim(TABLE.outbox, through);
  }

  async close(): Promise<void> {
    this.#shard.close();
  }

  async #writes<F>(changes: ViewChanges<F>): Promise<WriteSet> {
    const writes = new WriteSet();
    put(writes, TABLE.subjects, changes.subjects, pack);
    // Before the progress that it holds back, and behind the rows that are read for it: a large commit is applied in this order.
    for (const customer of changes.handed?.customers ?? []) {
      writes.rank(TABLE.handed, 0, handedRow(partOf(customer, this.#parts), changes.handed!.since, customer));
    }
    put(writes, TABLE.standing, changes.standing, idBytes);
    put(writes, TABLE.members, changes.members, writtenMembers);
    for (const [id, move] of changes.moves ?? []) writes.put(TABLE.moves, id, move && pack(move));
    for (const [name, mark] of changes.marks ?? [])
      writes.put(TABLE.marks, name, mark === undefined ? undefined : pack(mark));
    for (const [id, entry] of changes.parked ?? []) writes.put(TABLE.parked, id, entry && pack(entry));
    for (const customer of changes.finished ?? []) writes.unrank(TABLE.touched, idBytes(customer));
    for (const customer of changes.touched ?? []) writes.rank(TABLE.touched, 0, idBytes(customer));
    const cells = new CellChanges();
    for (const cell of changes.cells ?? []) cells.add(cellName(cell), cell.values);
    if (changes.tells) this.#sequence ??= (await this.#meta<number>(FIELD.sequence)) ?? 0;
    await this.#replace(changes, cells, writes);
    if (changes.tells) writes.set(META, FIELD.sequence, pack(this.#sequence));
    cells.write(writes);
    writes.set(META, FIELD.checkpoint, pack(changes.checkpoint));
    if (changes.settled) {
      const { position, day } = changes.checkpoint;
      writes.set(META, FIELD.progress, pack({ position, day } satisfies Progress));
    }
    if (this.#isComplete(changes)) writes.unset(META, COMPLETE_AT);
    return writes;
  }

  /** Invariant 4: each customer contributes once; what it contributed before goes out as the new comes in. */
  async #replace(
    { contributions = new Map(), checkpoint, tells }: ViewChanges<unknown>,
    cells: CellChanges,
    writes: WriteSet,
  ): Promise<void> {
    const befores = await this.#rows<ContributionRow>(TABLE.contributions, [...contributions.keys()]);
    const names: string[] = [];
    const numbers: number[] = [];
    for (const contribution of contributions.values()) if (contribution) names.push(...namesIn(contribution));
    for (const before of befores) for (const [cell] of cellsOf(before)) numbers.push(cell);
    if (tells) for (const before of befores) numbers.push(...fieldsIn(before));
    await this.#names.load(names, numbers);
    let i = 0;
    for (const [customer, contribution] of contributions) {
      const before = befores[i++];
      const after = contribution && rowOf(contribution, (name) => this.#names.number(name));
      if (sameRow(before, after)) continue;
      this.#replaceOne(customer, before, after, cells, writes);
      if (tells) this.#tell(customer, before, after, checkpoint.position, tells.into.get(customer), writes);
    }
  }

  #replaceOne(
    customer: string,
    before: ContributionRow | undefined,
    after: ContributionRow | undefined,
    cells: CellChanges,
    writes: WriteSet,
  ): void {
    const id = idBytes(customer);
    writes.put(TABLE.contributions, id, after && pack(after));
    if (!sameCells(before, after)) {
      for (const [cell, values] of cellsOf(before)) cells.add(this.#cellName(cell), values, -1);
      for (const [cell, values] of cellsOf(after)) cells.add(this.#cellName(cell), values);
    }
    const entries = changedEntries(before, after);
    for (const [field, value] of entries.out) {
      const key = indexKey(field, value, customer);
      writes.unrank(TABLE.index, key);
      if (isCut(value)) writes.unset(TABLE.whole, key);
    }
    for (const [field, value] of entries.in) {
      const key = indexKey(field, value, customer);
      writes.rank(TABLE.index, 0, key);
      if (isCut(value)) writes.set(TABLE.whole, key, value);
    }
    const next = after?.[0] ?? null;
    if (next !== null) writes.rank(TABLE.due, next, id);
    else if (before && before[0] !== null) writes.unrank(TABLE.due, id);
    const failed = after?.[1] ?? null;
    if (failed !== null) {
      writes.set(TABLE.parked, customer, pack({ id: customer, stage: 'view', of: customer, error: failed }));
    } else if (before && before[1] !== null) writes.unset(TABLE.parked, customer);
  }

  /** Invariant 9: the change is there with the view that shows it, or neither is. */
  #tell(
    customer: string,
    before: ContributionRow | undefined,
    after: ContributionRow | undefined,
    position: Position,
    into: string | undefined,
    writes: WriteSet,
  ): void {
    const change = changeOf(before, after, (number) => fieldOf(this.#names.name(number)));
    if (!change) return;
    // Never given twice: to take out what was told must not take out what came after.
    const sequence = (this.#sequence! += 1);
    const isInto = change.what === 'gone' && into !== undefined;
    const row: StoredChange = [sequence, { customer, position, ...change, ...(isInto && { into }) }];
    writes.rank(TABLE.outbox, sequence, pack(row));
  }

  #cellName(number: number): string {
    return cellNameIn(this.#names.name(number));
  }

  /** One part of several is complete only later: others are to finish what it handed over. */
  #isComplete({ settled, checkpoint }: Pick<ViewChanges<unknown>, 'settled' | 'checkpoint'>): boolean {
    if (this.#parts > 1) return false;
    return settled && this.#completeAt !== undefined && checkpoint.position >= this.#completeAt;
  }

  async #completeOnceTaken(): Promise<void> {
    if (this.#completeAt === undefined) return;
    const told = await toldProgress(this.#client, this.#shard.name, this.#parts);
    if (!told?.isBuilt || told.progress.position < this.#completeAt) return;
    await this.#shard.complete();
    this.#completeAt = undefined;
  }

  async #rows<T>(table: string, names: readonly string[]): Promise<(T | undefined)[]> {
    const rows = await this.#client.fields(this.#key(table), names.map(idBytes));
    return rows.map((row) => (row ? unpack<T>(row) : undefined));
  }

  async #meta<T>(field: string): Promise<T | undefined> {
    const value = (await this.#client.call('HGET', this.#key(META), field)) as Buffer | null;
    return value === null ? undefined : unpack<T>(value);
  }

  #key(table: string): string {
    return keyOf(this.#shard.name, table);
  }
}

/** The sequence makes equal changes two members of the set that is in order by it. */
type StoredChange = readonly [sequence: number, row: OutboxRow];

function put<V>(
  writes: WriteSet,
  table: string,
  entries: ReadonlyMap<string, V | undefined> | undefined,
  write: (value: V) => Buffer,
): void {
  for (const [id, value] of entries ?? []) {
    writes.put(table, idBytes(id), value === undefined ? undefined : write(value));
  }
}

/** Above every name of each form, in the order of `leastNames`. */
const NAMES_END = [Buffer.from([2]), Buffer.from([1])];

function within(sign: '[' | '(', name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(sign), name]);
}

function ids(reply: unknown): readonly string[] {
  return (reply as readonly Buffer[]).map(idOf);
}
