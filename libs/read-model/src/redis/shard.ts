import { randomUUID } from 'node:crypto';
import { ThroughlineError } from '@throughline/contracts';
import type { Argument, Client, Reply } from './client.ts';
import type { Script } from './script.ts';
import { APPLY, COMMIT, COMPLETE, NUMBER, REMOVE, SEAL, STAGE, TAKE_OVER, TRIM } from './shard-scripts.ts';
import type { WriteSet } from './write-set.ts';

/** The tables that every shard has: what is known of itself, and a large commit on its way. */
export const META = 'meta';
export const STAGED = 'staged';

/** Field of `META` while a shard is not complete, and says what it must reach: readers get no answer from it. */
export const COMPLETE_AT = 'complete-at';

/** A shard's keys have one hash tag, so a cluster keeps them in one slot and a script can touch them all. */
export interface ShardName {
  /** Between the braces: says what the shard is, and nothing else is called so. */
  readonly tag: string;
  /** Its tables, beside `META` and `STAGED`. */
  readonly tables: readonly string[];
}

export function keyOf({ tag }: Pick<ShardName, 'tag'>, table: string): string {
  return `throughline:{${tag}}:${table}`;
}

export function keysOf(name: ShardName): readonly string[] {
  return [META, STAGED, ...name.tables].map((table) => keyOf(name, table));
}

/** How long what was removed can still be read, seconds. */
const GRACE = 60;

/** Removes all of a shard, though a reader that has it open can read on for a minute. Its writer is refused at once. */
export async function removeShard(client: Client, name: ShardName): Promise<void> {
  await client.run(REMOVE, keysOf(name), [GRACE]);
}

export interface TakeOver {
  /** Of the ownership; a later one wins. Undefined: the next after the last. */
  readonly token?: number | undefined;
  /** One of several who have this token and write rows of their own: they do not refuse each other. */
  readonly joint?: boolean;
  /** Fields of `META` for a shard that is new. */
  readonly begin?: Readonly<Record<string, Argument>>;
  /** Done each time the shard was looked after, and found. */
  readonly alongside?: () => Promise<void>;
}

/** Names numbered at a time. */
const NAMES = 5_000;

/** How often a writer looks whether the shard is still there and its own, milliseconds: readers wait that long for a rebuild to begin. */
const WATCH = 1_000;

/**
 * ```
 *            commit of one part                           anything but the outcome `ok`
 *   owned ◀───────────────────── owned ── commit ──────────────────────────────────────▶ ended
 *     ▲                            │
 *     └── applied ◀── sealed ◀── staged      commit of several parts
 * ```
 *
 * The writing side of a shard. What was committed is there whole or not at all, and nobody else has written since this writer
 * took over: each commit says how many there were before it, so a shard that was flushed, or went back to an older copy, is
 * noticed at once. A commit whose outcome stays unknown ends the writer: whoever opens the shard again sees which it was.
 */
export class Shard {
  readonly name: ShardName;
  readonly #client: Client;
  readonly #keys: readonly string[];
  readonly #owner: string;
  /** The field of its own count. */
  readonly #count: string;
  readonly #end = new AbortController();
  #watch: NodeJS.Timeout | undefined;
  #commits: number;

  /** Finishes what the writer before had sealed. @throws ThroughlineError `view-taken-over` by a later token */
  static async takeOver(
    client: Client,
    name: ShardName,
    { token, joint = false, begin = {}, alongside }: TakeOver = {},
  ): Promise<Shard> {
    const id = randomUUID();
    const [as, lane] = joint ? ['joint', `/${id}`] : [id, ''];
    const fields = Object.entries(begin).flat();
    const reply = await client.run(TAKE_OVER, keysOf(name), [as, token ?? '', lane, ...fields]);
    const [given, commits, pending] = reply as [Buffer, Buffer?, number?];
    if (commits === undefined) throw new ThroughlineError('view-taken-over', `${name.tag}.`);
    const shard = new Shard(client, name, { owner: `${String(given)}:${as}`, lane, commits: Number(commits) });
    if (pending === 1) await shard.#apply();
    shard.#watch = setInterval(() => void shard.#look(alongside), WATCH).unref();
    return shard;
  }

  private constructor(
    client: Client,
    name: ShardName,
    { owner, lane, commits }: { owner: string; lane: string; commits: number },
  ) {
    this.#client = client;
    this.name = name;
    const [meta, staged, ...tables] = keysOf(name) as [string, string, ...string[]];
    this.#keys = [meta, staged + lane, ...tables, staged];
    this.#owner = owner;
    this.#count = `commits${lane}`;
    this.#commits = commits;
  }

  /** Aborts when the writer has ended, also while it has nothing to commit; why is its reason. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  /**
   * Everything or nothing.
   *
   * @throws ThroughlineError `view-taken-over`, `view-lost`, `read-model-full`: nothing was written; `read-model-unavailable`:
   *   the outcome is unknown, and so it is of whatever is tried after it.
   */
  async commit(writes: WriteSet): Promise<void> {
    this.#end.signal.throwIfAborted();
    const parts = writes.parts();
    try {
      if (parts.length === 1) await this.#must(COMMIT, [this.#count, this.#commits, ...parts[0]!]);
      else {
        for (let i = 0; i < parts.length; i++) await this.#must(STAGE, [i, ...parts[i]!]);
        await this.#must(SEAL, [this.#count, this.#commits, parts.length]);
        await this.#apply();
      }
      this.#commits++;
    } catch (error) {
      if ((error as ThroughlineError).code !== 'read-model-full') this.#end.abort(error);
      // Of no use any more, and in the way of those who need the room; if it cannot be said now, the next to take over says it.
      else if (parts.length > 1) await this.#client.call('UNLINK', this.#keys[1]!).catch(() => undefined);
      throw error;
    }
  }

  /** Gives each name that has none a number, for good. @throws ThroughlineError as `commit` */
  async number(names: readonly string[], tables: { numbers: string; names: string }): Promise<readonly number[]> {
    this.#end.signal.throwIfAborted();
    const keys = [this.#keys[0]!, keyOf(this.name, tables.numbers), keyOf(this.name, tables.names)];
    const numbers: number[] = [];
    try {
      for (let i = 0; i < names.length; i += NAMES) {
        const part = names.slice(i, i + NAMES);
        const reply = await this.#client.run(NUMBER, keys, [this.#owner, this.#count, this.#commits, ...part]);
        if (!Array.isArray(reply)) throw this.#refusal(String(reply));
        this.#commits++;
        numbers.push(...reply);
      }
    } catch (error) {
      if ((error as ThroughlineError).code !== 'read-model-full') this.#end.abort(error);
      throw error;
    }
    return numbers;
  }

  /**
   * Takes what is ranked up to a score out of a table that is in order by score. May run beside a commit.
   *
   * @throws ThroughlineError `view-taken-over`, `view-lost`: nothing was taken out; `read-model-unavailable`: unknown.
   */
  async trim(table: string, through: number): Promise<void> {
    this.#end.signal.throwIfAborted();
    const reply = await this.#client.run(TRIM, [this.#keys[0]!, keyOf(this.name, table)], [this.#owner, through]);
    if (String(reply) !== 'ok') throw this.#refusal(String(reply));
  }

  /** Readers get answers from here on. May run beside a commit. @throws ThroughlineError as `trim` */
  async complete(): Promise<void> {
    await this.#must(COMPLETE, [COMPLETE_AT]);
  }

  close(): void {
    clearInterval(this.#watch);
  }

  /** A server that does not answer says nothing of the shard: it may be there again in a moment. */
  async #look(alongside: (() => Promise<void>) | undefined): Promise<void> {
    try {
      const owner = await this.#client.call('HGET', this.#keys[0]!, 'owner');
      const refused = this.#refusal(owner === null ? 'lost' : String(owner));
      if (refused) {
        this.close();
        this.#end.abort(refused);
      } else await alongside?.();
    } catch {
      // The next commit finds out.
    }
  }

  async #apply(): Promise<void> {
    while (Number(await this.#must(APPLY, [])) > 0);
  }

  async #must(script: Script, args: readonly Argument[]): Promise<Reply> {
    const reply = await this.#client.run(script, this.#keys, [this.#owner, ...args]);
    if (typeof reply === 'number') return reply;
    const word = String(reply);
    if (word === 'ok') return reply;
    throw this.#refusal(word);
  }

  /** @param word `lost`, or the owner that there is instead. */
  #refusal(word: string): ThroughlineError | undefined {
    if (word === this.#owner) return undefined;
    // An owner from before this one: the server went back to an older copy.
    const isOlder = word === 'lost' || Number.parseInt(word, 10) < Number.parseInt(this.#owner, 10);
    return new ThroughlineError(isOlder ? 'view-lost' : 'view-taken-over', `${this.name.tag}.`);
  }
}
