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

  constructor(vendor: Redis | Cluster) {
    this.vendor = vendor;
  }

  call(command: string, ...args: readonly Argument[]): Promise<Reply> {
    return this.#bounded(this.vendor.callBuffer(command, [...args]) as Promise<Reply>);
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
    return this.#bounded(
      (this.vendor.callBuffer('EVALSHA', [sha, ...rest]) as Promise<Reply>).catch((error: unknown) => {
        if (!isNoScript(error)) throw error;
        return this.vendor.callBuffer('EVAL', [text, ...rest]) as Promise<Reply>;
      }),
    );
  }

  async #bounded(reply: Promise<Reply>): Promise<Reply> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new ThroughlineError('read-model-unavailable', 'It did not answer in time.')),
        PATIENCE,
      );
    });
    try {
      return await Promise.race([reply, late]);
    } catch (error) {
      throw translated(error);
    } finally {
      clearTimeout(timer);
    }
  }
}
