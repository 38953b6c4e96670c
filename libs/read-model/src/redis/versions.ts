/**
 * Which versions of a projection there are, and the one that readers are given. One slot for each projection: promoting is one
 * write, and so a reader is given the old version or the new one.
 */
import type { Client } from './client.ts';
import type { ViewName } from './view-shard.ts';

const BETWEEN = '/';

export class Versions {
  readonly #client: Client;
  readonly #current: string;
  readonly #all: string;

  constructor(client: Client, projection: string) {
    this.#client = client;
    this.#current = `throughline:{${projection}}:current`;
    this.#all = `throughline:{${projection}}:versions`;
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

  /** Notes that there is, or is about to be, something of it. */
  async register({ version, shard = 'all' }: ViewName): Promise<void> {
    await this.#client.call('SADD', this.#all, version + BETWEEN + shard);
  }
}
