import { START, type IdentityGraph } from '@throughline/contracts';
import type { IdentityCheckpoint, IdentityProgress, IdentityReader } from '../identity-port.ts';
import type { Reply } from './client.ts';
import { unpack } from './codec.ts';
import { clientOf, type RedisConnection } from './connection.ts';
import { FetchedGraph, NotFetched, type Look } from './fetched-graph.ts';
import { IDENTITY_FIELD, identityShard } from './identity-shard.ts';
import { READ_GRAPH } from './read-scripts.ts';
import { Absent, ShardReader } from './shard-reader.ts';
import type { ShardName } from './shard.ts';

/** Looks fetched ahead of being asked for, at most. */
const AHEAD = 2_000;

/** Opens identity as it is published in Redis: see `publishIdentity`. */
export function openRedisIdentityReader({
  connection,
  rules,
}: {
  readonly connection: RedisConnection;
  readonly rules: number;
}): IdentityReader {
  const name = identityShard(rules);
  return new RedisIdentityReader(new ShardReader(clientOf(connection), name), name);
}

class RedisIdentityReader implements IdentityReader {
  readonly #shard: ShardReader;
  readonly #name: ShardName;

  constructor(shard: ShardReader, name: ShardName) {
    this.#shard = shard;
    this.#name = name;
  }

  async progress(): Promise<IdentityProgress> {
    const none = { through: START, lastDecision: START };
    try {
      const [checkpoint] = await this.#shard.says(IDENTITY_FIELD.checkpoint);
      return checkpoint ? unpack<IdentityCheckpoint>(checkpoint) : none;
    } catch (error) {
      if (error instanceof Absent) return none;
      throw error;
    }
  }

  /**
   * Puts the question to what is fetched. Whenever it looks beyond that, all it has looked at so far is fetched anew together
   * with what it missed and what is likely next, in one step, so that the answer is of one commit.
   *
   * @throws ThroughlineError `view-rebuilding` while not everything is published
   */
  async ask<T>(question: (graph: IdentityGraph) => T): Promise<T> {
    const looks = new Map<string, Look>();
    for (;;) {
      const graph = new FetchedGraph(await this.#fetch([...looks.values()]));
      try {
        return question(graph);
      } catch (error) {
        if (!(error instanceof NotFetched)) throw error;
        looks.set(error.look.name, error.look);
        for (const next of graph.next()) {
          if (looks.size >= AHEAD) break;
          looks.set(next.name, next);
        }
      }
    }
  }

  async close(): Promise<void> {}

  async #fetch(looks: readonly Look[]): Promise<ReadonlyMap<string, Reply>> {
    const args = looks.flatMap(({ asked }) => asked);
    const rows = await this.#shard.ask(READ_GRAPH, this.#name.tables, args);
    return new Map(looks.map(({ name }, i) => [name, rows[i]!]));
  }
}
