import { randomUUID } from 'node:crypto';
import {
  START,
  ThroughlineError,
  type Day,
  type Documents,
  type JsonValue,
  type Key,
  type Position,
} from '@throughline/contracts';
import { TransactionFlags, type Database } from 'lmdb';
import type { Move } from '../move.ts';
import { changeOf, type OutboxRow } from '../outbox.ts';
import type { Progress } from '../port.ts';
import {
  NO_CHECKPOINT,
  type Checkpoint,
  type Finished,
  type IdRange,
  type SubjectRow,
  type ViewChanges,
  type ViewStore,
  type WaitingChange,
} from '../store.ts';
import { CellChanges, numbered } from './cell-table.ts';
import { changedEntries, replaceCells, rowOf, sameRow, type ContributionRow } from './contribution-row.ts';
import { Dictionary } from './dictionary.ts';
import { currentVersion, pointTo, viewFolder, type ViewVersion } from './versions.ts';
import { openTables, type Tables } from './environment.ts';
import { indexKey, isCut } from './index-key.ts';
import { beginUnsynced, endUnsynced } from './sync-mark.ts';

const { ABORTABLE, SYNCHRONOUS_COMMIT } = TransactionFlags;

/** All or nothing, and there for readers before it returns. */
const AT_ONCE = ABORTABLE | SYNCHRONOUS_COMMIT;
const NOTHING = Buffer.alloc(0);

export interface OpenEmbeddedView extends ViewVersion {
  /** Several writers who build the version together, each its own subjects and customers, have one token, and all may commit. */
  readonly token?: number | undefined;
  /** Kept with a version that is new. */
  readonly documents?: Documents | undefined;
  /** Readers are not given it, though there be no other. */
  readonly beside?: boolean | undefined;
}

/** The writing side of one (projection, version) in LMDB. One at a time, unless they share a token: opening a second refuses the first one's commits. */
export class EmbeddedViewStore implements ViewStore {
  readonly projection: string;
  readonly version: string;
  readonly #dir: string;
  readonly #folder: string;
  readonly #tables: Tables;
  readonly #isJoint: boolean;
  readonly #dictionary: Dictionary;
  readonly #owner: string;

  constructor({ dir, projection, version, token, documents, beside = false }: OpenEmbeddedView) {
    this.projection = projection;
    this.version = version;
    this.#dir = dir;
    this.#folder = viewFolder({ dir, projection, version });
    beginUnsynced(this.#folder);
    this.#tables = openTables(this.#folder);
    this.#dictionary = new Dictionary(this.#tables.texts);
    const { meta, root } = this.#tables;
    this.#isJoint = token !== undefined;
    this.#owner = token === undefined ? randomUUID() : `token ${token}`;
    root.transactionSync(() => {
      if (documents && meta.get('owner') === undefined) meta.putSync('documents', documents);
      meta.putSync('owner', this.#owner);
    });
    // A projection's first version has no other to wait behind.
    if (!beside && currentVersion(dir, projection) === undefined) pointTo(dir, projection, version);
  }

  /** For reading: as of now, whoever of those that write the version together committed last. */
  get #now(): Tables {
    this.#tables.root.resetReadTxn();
    return this.#tables;
  }

  get promoted(): boolean {
    return currentVersion(this.#dir, this.projection) === this.version;
  }

  async promote(): Promise<void> {
    pointTo(this.#dir, this.projection, this.version);
  }

  async checkpoint(): Promise<Checkpoint> {
    return (this.#now.meta.get('checkpoint') as Checkpoint | undefined) ?? NO_CHECKPOINT;
  }

  async progress(): Promise<Progress> {
    return (this.#now.meta.get('progress') as Progress | undefined) ?? { position: START, day: undefined };
  }

  async subjects<F>(subjects: readonly string[]): Promise<readonly (SubjectRow<F> | undefined)[]> {
    const rows = this.#now.subjects;
    return subjects.map((subject) => rows.get(subject) as SubjectRow<F> | undefined);
  }

  async standing(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    const { standing } = this.#now;
    return keys.map((key) => standing.get(key));
  }

  async members(customers: readonly string[]): Promise<readonly (readonly Key[] | undefined)[]> {
    const { members } = this.#now;
    return customers.map((customer) => members.get(customer) as readonly Key[] | undefined);
  }

  async moves(): Promise<ReadonlyMap<string, Move>> {
    const moves = [...this.#now.moves.getRange()].map(({ key, value }) => [key as string, value as Move] as const);
    return new Map(moves.sort(([, a], [, b]) => (a.position < b.position ? -1 : 1)));
  }

  async touched(limit: number, { from, below }: IdRange = {}): Promise<readonly string[]> {
    const bounds = { ...(from !== undefined && { start: from }), ...(below !== undefined && { end: below }) };
    return [...this.#now.touched.getKeys({ ...bounds, limit })];
  }

  async marks(): Promise<ReadonlyMap<string, JsonValue>> {
    return new Map([...this.#now.marks.getRange()].map(({ key, value }) => [key, value as JsonValue]));
  }

  async due(day: Day, limit: number): Promise<readonly string[]> {
    const customers: string[] = [];
    for (const [, customer] of this.#now.due.getKeys({ end: [day + 1], limit })) customers.push(customer);
    return customers;
  }

  async parkedCount(): Promise<number> {
    return (this.#now.meta.get('parked') as number | undefined) ?? 0;
  }

  async commit<F>(changes: ViewChanges<F>): Promise<void> {
    try {
      this.#tables.root.transactionSync(() => this.#write(changes), AT_ONCE);
    } catch (error) {
      this.#dictionary.forget();
      throw error;
    }
  }

  async waiting(limit: number): Promise<readonly WaitingChange[]> {
    const { projection, version } = this;
    return [...this.#tables.outbox.getRange({ limit })].map(({ key, value }) => ({
      sequence: key,
      change: { projection, version, ...(value as OutboxRow) },
    }));
  }

  async waitingCount(): Promise<number> {
    return (this.#tables.outbox.getStats() as { entryCount: number }).entryCount;
  }

  async told(through: number): Promise<void> {
    const { outbox, root } = this.#tables;
    root.transactionSync(() => {
      this.#mustOwn();
      const sequences = Array.from(outbox.getKeys({ end: through + 1 }));
      for (const sequence of sequences) outbox.removeSync(sequence);
    }, AT_ONCE);
  }

  async close(): Promise<void> {
    const isOwner = this.#isOwner();
    await this.#tables.root.close();
    // Whoever took over has it open still, and will close it; of several who write it together nobody knows who is the last.
    if (isOwner && !this.#isJoint) endUnsynced(this.#folder);
  }

  #write<F>(changes: ViewChanges<F>): void {
    const { marks, meta, moves, parked, standing, members, subjects, touched } = this.#tables;
    this.#mustOwn();
    const cells = new CellChanges();
    for (const cell of changes.cells ?? []) cells.add(numbered(cell, this.#dictionary), cell.values, 1);
    write(subjects, changes.subjects);
    write(standing, changes.standing);
    write(members, changes.members);
    write(moves, changes.moves);
    write(marks, changes.marks);
    let parkedMore = 0;
    for (const [id, entry] of changes.parked ?? []) parkedMore += put(parked, id, entry);
    for (const customer of changes.finished ?? []) touched.removeSync(customer);
    for (const customer of changes.touched ?? []) touched.putSync(customer, NOTHING);
    let customersMore = 0;
    for (const [customer, contribution] of changes.contributions ?? []) {
      const replaced = this.#replace(customer, contribution, cells);
      if (changes.tells) this.#tell(customer, replaced, changes.checkpoint.position, changes.tells.into.get(customer));
      customersMore += replaced.customers;
      parkedMore += replaced.parked;
    }
    cells.write(this.#tables.cells);
    if (parkedMore !== 0) this.#count('parked', parkedMore);
    if (customersMore !== 0) this.#count('customers', customersMore);
    meta.putSync('checkpoint', changes.checkpoint);
    if (changes.settled) {
      meta.putSync('progress', { position: changes.checkpoint.position, day: changes.checkpoint.day });
    }
  }

  /** Invariant 4: each customer contributes once; what it contributed before goes out as the new comes in. */
  #replace(customer: string, contribution: Finished | undefined, cells: CellChanges): Replaced {
    const { contributions, due, index, parked } = this.#tables;
    const before = contributions.get(customer) as ContributionRow | undefined;
    const after = contribution && rowOf(contribution, this.#dictionary);
    if (sameRow(before, after)) return { before, after, customers: 0, parked: 0 };
    replaceCells(before, after, cells);
    const entries = changedEntries(before, after);
    for (const [field, value] of entries.out) index.removeSync(indexKey(field, value, customer));
    for (const [field, value] of entries.in) {
      index.putSync(indexKey(field, value, customer), isCut(value) ? Buffer.from(value) : NOTHING);
    }
    if ((before?.[0] ?? null) !== (after?.[0] ?? null)) {
      if (before && before[0] !== null) due.removeSync([before[0], customer]);
      if (after && after[0] !== null) due.putSync([after[0], customer], NOTHING);
    }
    const failed = contribution?.failed;
    const parkedMore =
      failed === undefined && before?.[1] == null
        ? 0
        : put(
            parked,
            customer,
            failed === undefined ? undefined : { id: customer, stage: 'view', of: customer, error: failed },
          );
    if (after) contributions.putSync(customer, after);
    else if (before) contributions.removeSync(customer);
    return { before, after, customers: (after ? 1 : 0) - (before ? 1 : 0), parked: parkedMore };
  }

  /** Invariant 9: the change is there with the view that shows it, or neither is. */
  #tell(customer: string, { before, after }: Replaced, position: Position, into: string | undefined): void {
    const { meta, outbox } = this.#tables;
    const change = changeOf(before, after, (field) => this.#dictionary.text(field));
    if (!change) return;
    // Never given twice: to take out what was told must not take out what came after.
    const sequence = ((meta.get('sequence') as number | undefined) ?? 0) + 1;
    meta.putSync('sequence', sequence);
    const row: OutboxRow = {
      customer,
      position,
      ...change,
      ...(change.what === 'gone' && into !== undefined && { into }),
    };
    outbox.putSync(sequence, row);
  }

  #mustOwn(): void {
    if (this.#isOwner()) return;
    throw new ThroughlineError('view-taken-over', `${this.projection} ${this.version}.`);
  }

  #isOwner(): boolean {
    return this.#tables.meta.get('owner') === this.#owner;
  }

  #count(name: 'customers' | 'parked', more: number): void {
    const { meta } = this.#tables;
    meta.putSync(name, ((meta.get(name) as number | undefined) ?? 0) + more);
  }
}

/** A contribution and the one in its place, and how many more there are of what is counted. */
interface Replaced {
  readonly before: ContributionRow | undefined;
  readonly after: ContributionRow | undefined;
  readonly customers: number;
  readonly parked: number;
}

function write<V>(table: Database<unknown, string>, entries: ReadonlyMap<string, V | undefined> | undefined): void {
  for (const [key, value] of entries ?? []) {
    if (value === undefined) table.removeSync(key);
    else table.putSync(key, value);
  }
}

/** How many entries more there are after it. */
function put(table: Database<unknown, string>, key: string, value: unknown): number {
  const known = table.doesExist(key) ? 1 : 0;
  if (value === undefined) {
    if (known) table.removeSync(key);
    return -known;
  }
  table.putSync(key, value);
  return 1 - known;
}
