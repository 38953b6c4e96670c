import { ThroughlineError } from '@throughline/contracts';
import type { Cluster, Redis } from 'ioredis';
import { isNoScript, translated } from './problems.ts';
import type { Script } from './script.ts';

export type Argument = string | Buffer | number;

/** What a server answers when everything is asked for as bytes. */
export type Reply = Buffer | number | null | readonly Reply[];

/** How long one command may take in all, lost connections and waiting for the next included, milliseconds. */
const PATIENCE = 15_000;

/** How many fields are read at a time: others get their turn at the server. */
const FIELDS = 2_000;

/**
 * The few calls that the adapter makes. Each answers, or fails by an error of the catalogue within a bounded time; a command
 * that failed so may still be carried out later, so whatever writes must be safe to be done late or twice.
 */
export class Client {
  readonly vendor: Redis | Cluster;
  readonly #waiting = new Set<(error: Error) => void>();
  #closed = false;

  constructor(vendor: Redis | Cluster) {
    this.vendor = vendor;
  }

  call(command: string, ...args: readonly Argument[]): Promise<Reply> {
    return this.#bounded(() => this.vendor.callBuffer(command, [...args]) as Promise<Reply>);
  }

  /** The values of fields of one hash, in the order asked; null where there is none. */
  async fields(key: string, fields: readonly Argument[]): Promise<readonly (Buffer | null)[]> {
    if (fields.length === 0) return [];
    const parts: Promise<Reply>[] = [];
    for (let i = 0; i < fields.length; i += FIELDS) parts.push(this.call('HMGET', key, ...fields.slice(i, i + FIELDS)));
    return (await Promise.all(parts)).flat() as (Buffer | null)[];
  }

  /** Runs a script. All its keys are in one slot. */
  async run({ sha, text }: Script, keys: readonly string[], args: readonly Argument[] = []): Promise<Reply> {
    const rest = [keys.length, ...keys, ...args];
    return this.#bounded(async () => {
      try {
        return (await this.vendor.callBuffer('EVALSHA', [sha, ...rest])) as Reply;
      } catch (error) {
        if (!isNoScript(error)) throw error;
        return (await this.vendor.callBuffer('EVAL', [text, ...rest])) as Reply;
      }
    });
  }

  /** Whatever waits for an answer fails, and what is asked from here on. */
  close(): void {
    this.#closed = true;
    this.vendor.disconnect();
    for (const fail of this.#waiting) fail(unavailable(CLOSED));
  }

  async #bounded(ask: () => Promise<Reply>): Promise<Reply> {
    if (this.#closed) throw unavailable(CLOSED);
    let fail: ((error: Error) => void) | undefined;
    let timer: NodeJS.Timeout | undefined;
    const failed = new Promise<never>((_, reject) => {
      this.#waiting.add((fail = reject));
      timer = setTimeout(() => reject(unavailable('It did not answer in time.')), PATIENCE);
    });
    try {
      return await Promise.race([ask(), failed]);
    } catch (error) {
      throw translated(error);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(fail!);
    }
  }
}

const CLOSED = 'The connection was closed.';

function unavailable(why: string): ThroughlineError {
  return new ThroughlineError('read-model-unavailable', why);
}
