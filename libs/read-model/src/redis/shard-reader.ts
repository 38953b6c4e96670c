import { setTimeout as wait } from 'node:timers/promises';
import { ThroughlineError } from '@throughline/contracts';
import type { Argument, Client, Reply } from './client.ts';
import type { Script } from './script.ts';
import { keyOf, META, type ShardName } from './shard.ts';

/** How long a reader waits for a large commit to be applied, and how often it looks, milliseconds. */
const APPLYING = { most: 5_000, pause: 10 };

/** The shard is not there: it was never made, or it is lost, or it was removed. */
export class Absent extends ThroughlineError {
  constructor(tag: string) {
    super('view-rebuilding', `${tag}.`);
  }
}

/** The reading side of a shard: answers of one commit, or an error that says why there is none. */
export class ShardReader {
  readonly #client: Client;
  readonly #name: ShardName;

  constructor(client: Client, name: ShardName) {
    this.#client = client;
    this.#name = name;
  }

  /**
   * What the script answers.
   *
   * @throws ThroughlineError `view-rebuilding` while the shard is not complete, as `Absent` when it is not there at all.
   */
  async ask(script: Script, tables: readonly string[], args: readonly Argument[] = []): Promise<readonly Reply[]> {
    const keys = [META, ...tables].map((table) => keyOf(this.#name, table));
    for (const until = performance.now() + APPLYING.most; ; await wait(APPLYING.pause)) {
      const [word, ...answer] = (await this.#client.run(script, keys, args)) as readonly Reply[];
      switch (String(word)) {
        case 'ok':
          return answer;
        case 'absent':
          throw new Absent(this.#name.tag);
        case 'pending':
          if (performance.now() < until) continue;
      }
      throw new ThroughlineError('view-rebuilding', `${this.#name.tag}.`);
    }
  }

  /** Fields of what the shard says of itself; also while it is not complete. @throws ThroughlineError as `Absent` */
  async says(...fields: readonly string[]): Promise<readonly (Buffer | null)[]> {
    const [owner, ...values] = await this.#client.fields(keyOf(this.#name, META), ['owner', ...fields]);
    if (!owner) throw new Absent(this.#name.tag);
    return values;
  }
}
