/** Real Redis servers for tests, on ports of their own. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, test } from '@jest/globals';

const SERVER = 'redis-server';
const CLI = 'redis-cli';

/** A group of tests that need real servers: skipped loudly where there are none, unless they are required. */
export function describeWithRedis(name: string, body: () => void): void {
  if (spawnSync(SERVER, ['--version']).status === 0) describe(name, body);
  else if (process.env['THROUGHLINE_ENGINES'] === 'required') {
    test(name, () => {
      throw new Error('redis-server is not installed: apt-get install redis-server');
    });
  } else {
    console.warn(`SKIPPED: ${name}. Install it with: apt-get install redis-server`);
    describe.skip(name, body);
  }
}

export interface RedisUnderTest {
  readonly port: number;
  readonly url: string;
  /** Runs a command, and answers with what redis-cli prints. */
  cli(...args: readonly string[]): string;
  /** `kill -9`, unless told otherwise. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the server again on what it left on disk. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  remove(): Promise<void>;
}

export type RedisOptions = Readonly<Record<string, string>>;

/** @param options As in redis.conf. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisUnderTest> {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'redis-'));
  const settings = { port: String(port), dir, save: '', appendonly: 'no', bind: '127.0.0.1', ...options };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const login = options['requirepass'] ? ['-a', options['requirepass'], '--no-auth-warning'] : [];
  let child: ChildProcess | undefined;
  const server: RedisUnderTest = {
    port,
    url: `redis://127.0.0.1:${port}`,
    cli: (...command) => execFileSync(CLI, ['-p', String(port), ...login, ...command], { encoding: 'utf8' }).trim(),
    async kill(signal = 'SIGKILL') {
      const running = child;
      child = undefined;
      if (!running || running.exitCode !== null) return;
      const gone = once(running, 'exit');
      running.kill(signal);
      await gone;
    },
    async start() {
      child = spawn(SERVER, args, { stdio: 'ignore' });
      for (let i = 0; ; i++) {
        const pong = spawnSync(CLI, ['-p', String(port), ...login, 'ping'], { encoding: 'utf8' }).stdout;
        if (pong.trim() === 'PONG') return;
        if (i > 200) throw new Error('redis-server does not start');
        await wait(25);
      }
    },
    async remove() {
      await server.kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

export interface ClusterUnderTest {
  readonly url: string;
  readonly nodes: readonly RedisUnderTest[];
  remove(): Promise<void>;
}

const SLOTS = 16_384;

/** A cluster of three servers that share all slots. */
export async function startCluster(options: RedisOptions = {}): Promise<ClusterUnderTest> {
  const nodes: RedisUnderTest[] = [];
  for (let i = 0; i < 3; i++) {
    // The cluster's own port is fixed too: the usual one, ten thousand higher, may be none.
    const bus = String(await freePort());
    nodes.push(await startRedis({ 'cluster-enabled': 'yes', 'cluster-port': bus, ...options }));
    const [first, last] = [Math.floor((i * SLOTS) / 3), Math.floor(((i + 1) * SLOTS) / 3) - 1];
    nodes[i]!.cli('cluster', 'addslotsrange', String(first), String(last));
    if (i > 0) nodes[0]!.cli('cluster', 'meet', '127.0.0.1', String(nodes[i]!.port), bus);
  }
  for (const node of nodes) {
    while (!/cluster_state:ok[^]*cluster_known_nodes:3/.test(node.cli('cluster', 'info'))) await wait(25);
  }
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
    async remove() {
      await Promise.all(nodes.map((node) => node.remove()));
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
