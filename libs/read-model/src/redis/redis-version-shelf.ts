import type { JsonObject } from '@throughline/contracts';
import { partsOf } from '../parts.ts';
import type { OpenedReader, VersionShelf, VersionSnapshot } from '../version-shelf.ts';
import type { Client } from './client.ts';
import { clientOf, type RedisConnection } from './connection.ts';
import { versionReader } from './parted-view-reader.ts';
import { openRedisSnapshot } from './redis-snapshot.ts';
import { script } from './script.ts';
import { keysOf, removeShard, type ShardName } from './shard.ts';
import { Versions } from './versions.ts';
import { partShard } from './view-shard.ts';

/** What the keys take up, by a sample of each table's entries. */
const MEASURE = script(`
local bytes = 0
for i = 1, #KEYS do bytes = bytes + (redis.call('MEMORY', 'USAGE', KEYS[i], 'SAMPLES', 50) or 0) end
return bytes`);

/** Opens the versions of a projection in Redis. */
export function openRedisVersionShelf({
  connection,
  projection,
  onClose = async () => undefined,
}: {
  readonly connection: RedisConnection;
  readonly projection: string;
  readonly onClose?: () => Promise<void>;
}): VersionShelf {
  return new RedisVersionShelf(clientOf(connection), projection, onClose);
}

class RedisVersionShelf implements VersionShelf {
  readonly projection: string;
  readonly #client: Client;
  readonly #versions: Versions;
  readonly close: () => Promise<void>;

  constructor(client: Client, projection: string, onClose: () => Promise<void>) {
    this.#client = client;
    this.close = onClose;
    this.projection = projection;
    this.#versions = new Versions(client, projection);
  }

  list(): Promise<readonly string[]> {
    return this.#versions.list();
  }

  current(): Promise<string | undefined> {
    return this.#versions.current();
  }

  /** Its writers are refused from here on. */
  async remove(version: string): Promise<void> {
    if (version === (await this.current())) return;
    for (const shard of this.#shards(version)) await removeShard(this.#client, shard);
    await this.#versions.forget(version);
  }

  said(version: string): Promise<JsonObject | undefined> {
    return this.#versions.said(version);
  }

  async say(version: string, what: JsonObject): Promise<void> {
    if (await this.#isThere(version)) await this.#versions.say(version, what);
  }

  async bytes(version: string): Promise<number | undefined> {
    if (!(await this.#isThere(version))) return undefined;
    let bytes = 0;
    for (const shard of this.#shards(version)) bytes += Number(await this.#client.run(MEASURE, keysOf(shard)));
    return bytes;
  }

  async open(version: string): Promise<OpenedReader | undefined> {
    if (!(await this.#isThere(version))) return undefined;
    const { projection } = this;
    return { reader: versionReader(this.#client, { projection, version }), close: async () => undefined };
  }

  async snapshot(version: string): Promise<VersionSnapshot | undefined> {
    if (!(await this.#isThere(version))) return undefined;
    return openRedisSnapshot(this.#client, { projection: this.projection, version });
  }

  async #isThere(version: string): Promise<boolean> {
    return (await this.list()).includes(version);
  }

  #shards(version: string): readonly ShardName[] {
    const name = { projection: this.projection, version };
    return Array.from({ length: partsOf(version) }, (_, index) => partShard(name, index));
  }
}
