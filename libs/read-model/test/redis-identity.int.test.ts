import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import {
  connectRedis,
  openIdentityStore,
  openRedisIdentityReader,
  publishIdentity,
  type RedisConnection,
} from '../src/index.ts';
import { identityContract } from './contract/identity-contract.ts';
import { describeWithRedis, startCluster, type ClusterUnderTest } from './support/redis-server.ts';

describeWithRedis('identity, published in Redis', () => {
  let cluster: ClusterUnderTest;
  let connection: RedisConnection;
  beforeAll(async () => {
    cluster = await startCluster();
    connection = await connectRedis({ url: cluster.url });
  });
  afterAll(async () => {
    await connection.close();
    await cluster.remove();
  });

  identityContract('a cluster of three', async () => {
    for (const node of cluster.nodes) node.cli('flushall');
    const dir = mkdtempSync(join(tmpdir(), 'identity-store-'));
    const store = await publishIdentity({ connection, rules: 1, store: openIdentityStore({ dir }) });
    const reader = openRedisIdentityReader({ connection, rules: 1 });
    return {
      store,
      reader,
      async remove() {
        await reader.close();
        await store.close();
        rmSync(dir, { recursive: true, force: true });
      },
    };
  });
});
