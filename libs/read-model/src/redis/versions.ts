/**
 * Which versions of a projection there are, and the one that readers are given. One slot for each projection: promoting is one
 * write, and so a reader is given the old version or the new one.
 */
import type { JsonObject } from '@throughline/contracts';
import type { Client } from './client.ts';
import type { ViewName } from './view-shard.ts';

const BETWEEN = '/';

export class Versions {
  readonly #client: Client;
  readonly #current: string;
  readonly #all: string;
  readonly #said: string;

  constructor(client: Client, projection: string) {
    this.#client = client;
    this.#current = `throughline:{${projection}}:current`;
    this.#all = `throughline:{${projection}}:versions`;
    this.#said = `throughline:{${projection}}:said`;
  }

  /** The version that readers are given; undefined before there is one. */
  async current(): Promise<string | undefined> {
    const version = await this.#client.call('GET', this.#current);
    return version === null ? undefined : String(version);
  }

  /** Gives readers the version unless they have one; answers with the one they have. */
  async offer(version: string): Promise<string> {
    await this.#client.call('SET', this.#current, version, 'NX');
    return (await this.current()) ?? version;
  }

  async pointTo(version: string): Promise<void> {
    await this.#client.call('SET', this.#current, version);
  }

  /** Every version of which there is something. */
  async list(): Promise<readonly string[]> {
    const entries = (await this.#client.call('SMEMBERS', this.#all)) as readonly Buffer[];
    return [...new Set(entries.map((entry) => String(entry).split(BETWEEN)[0]!))].sort();
  }

  /** Notes that there is, or is about to be, something of it. */
  async register({ version, shard = 'all' }: ViewName): Promise<void> {
    await this.#client.call('SADD', this.#all, version + BETWEEN + shard);
  }

  /** There is nothing of it any longer. */
  async forget(version: string): Promise<void> {
    const entries = (await this.#client.call('SMEMBERS', this.#all)) as readonly Buffer[];
    const those = entries.filter((entry) => String(entry).split(BETWEEN)[0] === version);
    if (those.length > 0) await this.#client.call('SREM', this.#all, ...those);
    await this.#client.call('HDEL', this.#said, version);
  }

  async said(version: string): Promise<JsonObject | undefined> {
    const text = (await this.#client.call('HGET', this.#said, version)) as Buffer | null;
    return text === null ? undefined : (JSON.parse(String(text)) as JsonObject);
  }

  async say(version: string, what: JsonObject): Promise<void> {
    await this.#client.call('HSET', this.#said, version, JSON.stringify(what));
  }
}
