import { ThroughlineError } from '@throughline/contracts';
import { Cluster, Redis } from 'ioredis';
import { parseRedisUrl, REDIS_URL_RULE, type RedisAddress } from './address.ts';
import { Client } from './client.ts';
import { translated } from './problems.ts';

/** A Redis that is connected, and connects again by itself when it was lost. One a process is enough. */
export interface RedisConnection {
  /** @throws ThroughlineError `read-model-unavailable` */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface ConnectRedis {
  /** See `REDIS_URL_RULE`. */
  readonly url: string;
  /** What the setting is called where a wrong one must be named. */
  readonly name?: string;
}

/** How long the first connection may take, milliseconds. */
const CONNECT_MS = 10_000;
/** Wait before connecting again, milliseconds: doubled each time up to the limit. */
const BACK_OFF = { first: 50, limit: 2_000 };
/** Attempts at connecting again before the commands that wait for it fail: some ten seconds. */
const ATTEMPTS = 10;

const clients = new WeakMap<RedisConnection, Client>();

/** The adapter's own way to the server behind a connection. */
export function clientOf(connection: RedisConnection): Client {
  return clients.get(connection)!;
}

/**
 * Connects, and looks that what is written there stays there.
 *
 * @throws ThroughlineError `invalid-setting` for a text that is no address, by the setting's name and never its value;
 *   `read-model-unavailable` when nobody answers; `read-model-evicts` for a server that drops keys when it is full.
 */
export async function connectRedis({ url, name = 'REDIS_URL' }: ConnectRedis): Promise<RedisConnection> {
  const address = parseRedisUrl(url);
  if (!address) throw new ThroughlineError('invalid-setting', `${name} must be ${REDIS_URL_RULE}.`);
  const vendor = address.cluster ? clusterOf(address) : serverOf(address);
  let last: unknown;
  // Whoever waits for an answer is told of the error; without a listener it would be printed as well.
  vendor.on('error', (error: unknown) => {
    last = (error as { lastNodeError?: unknown }).lastNodeError ?? error;
  });
  try {
    await ready(vendor, () => last);
    await keepsWhatItHolds(vendor);
  } catch (error) {
    vendor.disconnect();
    throw translated(error);
  }
  const client = new Client(vendor);
  const connection: RedisConnection = {
    async ping() {
      await client.call('PING');
    },
    async close() {
      client.close();
    },
  };
  clients.set(connection, client);
  return connection;
}

function serverOf({ nodes, tls, username, password, db }: RedisAddress): Redis {
  return new Redis({
    ...nodes[0]!,
    ...login({ username, password }),
    ...(tls && { tls: {} }),
    db,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: ATTEMPTS,
    retryStrategy: backOff,
    // A primary that became a replica: the address leads to the new primary once it is looked up again.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
  });
}

function clusterOf({ nodes, tls, username, password }: RedisAddress): Cluster {
  return new Cluster([...nodes], {
    lazyConnect: true,
    clusterRetryStrategy: backOff,
    redisOptions: {
      ...login({ username, password }),
      ...(tls && { tls: {} }),
      connectTimeout: CONNECT_MS,
    },
  });
}

function login({ username, password }: Pick<RedisAddress, 'username' | 'password'>) {
  return { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
}

function backOff(attempt: number): number {
  return Math.min(BACK_OFF.first * 2 ** Math.min(attempt - 1, 10), BACK_OFF.limit);
}

/** Connected once, or the reason why not. */
async function ready(vendor: Redis | Cluster, reason: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(reason() ?? new Error('No answer.')), CONNECT_MS);
  });
  try {
    await Promise.race([vendor.connect(), late]);
  } catch (error) {
    throw reason() ?? error;
  } finally {
    clearTimeout(timer);
  }
}

/** Nothing the adapter writes expires, so only a policy that drops any key would drop it. A user who may not ask is taken at their word. */
async function keepsWhatItHolds(vendor: Redis | Cluster): Promise<void> {
  for (const server of vendor instanceof Cluster ? vendor.nodes('master') : [vendor]) {
    const memory = await server.info('memory').catch(() => '');
    if (/^maxmemory:[1-9]/m.test(memory) && /^maxmemory_policy:allkeys/m.test(memory)) {
      throw new ThroughlineError('read-model-evicts');
    }
  }
}
