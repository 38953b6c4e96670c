import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { canTest, freePort, missingKafka, missingRedis, startRedis } from '../engines/index.mjs';

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(`../engines/${name}.mjs`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'engines-'));
const env = { ...process.env, THROUGHLINE_ENGINES_DIR: folder };
const infra = async (name: string, ...args: string[]) =>
  (await run(process.execPath, [script(name), ...args], { env })).stdout;
const up = async (...args: string[]) => JSON.parse(await infra('up', '--json', ...args)) as Record<string, Part>;
interface Part {
  readonly address?: string;
  readonly pid?: number;
  readonly note: string;
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
const portOf = (address = '') => Number(/:(\d+)$/.exec(address)?.[1]);

afterAll(async () => {
  await infra('down');
  rmSync(folder, { recursive: true, force: true });
});

const canRedis = canTest('infra:up with Redis', missingRedis());
const canBoth = canRedis && canTest('infra:up with Kafka', missingKafka());

(canBoth ? describe : describe.skip)('infra:up and infra:down', () => {
  test('start what is asked for, find it running, stop it, and start it again where it was', async () => {
    const first = await up('--only', 'kafka,redis');
    expect(Object.keys(first)).toEqual(['kafka', 'redis']);
    expect(first).toMatchObject({ kafka: { note: 'started' }, redis: { note: 'started' } });
    const again = await up('--only', 'kafka,redis');
    expect(again['kafka']).toEqual({ ...first['kafka'], note: 'was running' });
    expect(await answers(portOf(first['kafka']?.address))).toBe(true);

    expect(await infra('up', '--only', 'kafka,redis')).toContain(
      `export KAFKA_BROKERS='${first['kafka']?.address}' REDIS_URL='${first['redis']?.address}'`,
    );
    await infra('down');
    expect(await answers(portOf(first['kafka']?.address))).toBe(false);
    expect(await answers(portOf(first['redis']?.address))).toBe(false);

    const third = await up('--only=redis');
    expect(third['redis']).toMatchObject({ address: first['redis']?.address, note: 'started' });
    await infra('down');
  });
});

(canRedis ? describe : describe.skip)('infra:up', () => {
  test('leaves a port that somebody else has to him', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = (other.address() as AddressInfo).port;
    const free = await freePort(taken);
    expect(free).not.toBe(taken);
    expect(await freePort(free)).toBe(free);
    other.close();
  });

  test('that is interrupted leaves nothing behind', async () => {
    const only = mkdtempSync(join(tmpdir(), 'engines-interrupted-'));
    const child = spawn(process.execPath, [script('up'), '--only', 'redis'], {
      env: { ...process.env, THROUGHLINE_ENGINES_DIR: only },
      stdio: 'ignore',
    });
    const log = join(only, 'redis', 'redis.log');
    while (!existsSync(log)) await sleep(2);
    child.kill('SIGINT');
    await once(child, 'exit');
    const pid = Number(/^(\d+):/.exec(await readFile(log, 'utf8'))?.[1] ?? 0);
    const lives = pid > 0 && existsSync(`/proc/${pid}`);
    rmSync(only, { recursive: true, force: true });
    // Either it was ended, or it had been started whole before the signal came.
    if (lives) process.kill(pid, 'SIGKILL');
    expect(lives && child.exitCode !== 0).toBe(false);
  });

  test('down stops nothing that up did not start', async () => {
    const redis = await startRedis({ dir: join(folder, 'mine') });
    await infra('down');
    expect(await answers(redis.port)).toBe(true);
    await redis.stop();
  });
});

(canRedis ? describe : describe.skip)('an engine of a test', () => {
  test('serves after a kill what it had', async () => {
    const dir = join(folder, 'killed');
    const redis = await startRedis({ dir });
    await redis.kill();
    expect(await answers(redis.port)).toBe(false);
    const again = await startRedis({ dir, port: redis.port });
    expect(again.address).toBe(redis.address);
    await again.stop();
  });
});

test('what is missing is said in one line, with the command that installs it', async () => {
  const bare = { ...env, PATH: '/nonexistent' };
  const failed = await run(process.execPath, [script('up')], {
    env: { ...bare, THROUGHLINE_ENGINES_DIR: join(folder, 'bare') },
  }).catch((error: { stdout: string; code: number }) => error);
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.stdout).toMatch(/Kafka needs Java 17: .*openjdk/);
  expect(failed.stdout).toMatch(/Redis is not installed: .*redis/);
});
