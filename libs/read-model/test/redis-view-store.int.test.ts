import { afterAll, beforeAll } from '@jest/globals';
import {
  connectRedis,
  openRedisVersionShelf,
  openRedisViewReader,
  openRedisViewStore,
  type RedisConnection,
} from '../src/index.ts';
import { readModelContract } from './contract/read-model-contract.ts';
import { versionsContract } from './contract/versions-contract.ts';
import { describeWithRedis, startCluster, startRedis } from './support/redis-server.ts';

describeWithRedis('Redis', () => {
  onServers('one server', async () => startRedis());
  onServers('a cluster of three', async () => startCluster());
});

function onServers(name: string, start: () => Promise<{ url: string; remove(): Promise<void> }>): void {
  let servers: Awaited<ReturnType<typeof start>>;
  let connection: RedisConnection;
  let models = 0;
  beforeAll(async () => {
    servers = await start();
    connection = await connectRedis({ url: servers.url });
  });
  afterAll(async () => {
    await connection.close();
    await servers.remove();
  });

  for (const contract of [readModelContract, versionsContract]) {
    contract(name, async () => {
      const projection = `tally${++models}`;
      return {
        store: async (version = '0'.repeat(16), more = {}) =>
          openRedisViewStore({ connection, projection, version, ...more }),
        shelf: async () => openRedisVersionShelf({ connection, projection }),
        reader: async () => openRedisViewReader({ connection, projection }),
        remove: async () => undefined,
      };
    });
  }
}
