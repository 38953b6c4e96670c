import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Child, dataFolder, MAIN, touchpoint } from './child.ts';

let data: ReturnType<typeof dataFolder>;
let running: Child | undefined;
beforeEach(() => {
  data = dataFolder();
});
afterEach(async () => {
  await running?.stop('SIGKILL');
  data.remove();
});

const start = async (env?: Record<string, string>) => (running = await Child.start(data.path, env));
const order = (n: number) =>
  touchpoint(
    `order-${n}`,
    'order.placed',
    '2026-03-01T10:00:00Z',
    { email: `c${n % 50}@example.com` },
    { orderId: `o${n}`, amount: { minor: 1_000, currency: 'EUR' } },
  );

/** Everything that every view counts, once it has caught up. */
async function counted(platform: Child, position: string) {
  const { body } = await platform.get(`/customers?after=${position}&timeout=60000&limit=200&sort=crm.orders`);
  const orders = body.items.reduce(
    (sum: number, item: { fields: Record<string, number> }) => sum + (item.fields['crm.orders'] ?? 0),
    0,
  );
  return { customers: body.total as number, orders: orders as number };
}

describe('a platform that is stopped', () => {
  test('by a signal ends cleanly, and goes on from there when it is started again', async () => {
    const first = await start();
    const { body } = await first.post('/touchpoints', [1, 2, 3].map(order));
    const before = await counted(first, body.position);
    expect(await first.stop('SIGTERM')).toMatchObject({ code: 0, log: '' });

    const second = await start();
    expect(await counted(second, body.position)).toEqual(before);
    expect((await second.post('/touchpoints', [1, 2, 3, 4].map(order))).body).toMatchObject({
      accepted: 1,
      duplicates: 3,
    });
  });

  test('by the death of the npm that started it, which passes no signal on, ends too', async () => {
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${MAIN}" & wait`], {
      env: {
        ...process.env,
        npm_lifecycle_event: 'start',
        THROUGHLINE_DATA: data.path,
        PORT: '0',
        LOG_LEVEL: 'silent',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const output = (async () => {
      let said = '';
      for await (const chunk of shell.stdout) {
        said += String(chunk);
        if (said.includes('serves at')) shell.kill('SIGKILL');
      }
      return said;
    })();
    // The pipe ends when the last process that holds it does: the platform itself.
    expect(await output).toContain('serves at');
    const next = await start();
    expect((await next.get('/health/live')).status).toBe(200);
  });

  test('while its data are in use by another refuses to start, and says so', async () => {
    await start();
    await expect(Child.start(data.path)).rejects.toThrow(/Another process already writes to this log/);
  });

  test('with wrong settings says which, never what they were', async () => {
    const failure = await Child.start(data.path, { PORT: '99999', THROUGHLINE_KEY: 'hunter2' }).catch(
      (error: Error) => error.message,
    );
    expect(failure).toMatch(/THROUGHLINE_KEY must be .* PORT must be/);
    expect(failure).not.toMatch(/99999|hunter2/);
  });

  test('by kill -9 under load loses nothing it acknowledged, and counts nothing twice', async () => {
    const acknowledged = new Set<number>();
    let next = 0;
    let position = '';
    for (let round = 0; round < 4; round += 1) {
      const platform = await start();
      const senders = Array.from({ length: 8 }, async () => {
        for (;;) {
          const numbers = Array.from({ length: 20 }, () => next++);
          const { status, body } = await platform.post('/touchpoints', numbers.map(order));
          if (status !== 200) return;
          for (const n of numbers) acknowledged.add(n);
          if (body.position > position) position = body.position;
        }
      });
      await sleep(randomInt(50, 600));
      await platform.stop('SIGKILL');
      await Promise.allSettled(senders);
    }
    expect(acknowledged.size).toBeGreaterThan(0);

    const platform = await start();
    const again = [...acknowledged];
    for (let i = 0; i < again.length; i += 500) {
      const part = again.slice(i, i + 500);
      expect((await platform.post('/touchpoints', part.map(order))).body).toMatchObject({
        accepted: 0,
        duplicates: part.length,
      });
    }
    // What was sent but not acknowledged may be there or not; sent again, it is there once.
    for (let i = 0; i < next; i += 500) {
      const { body } = await platform.post(
        '/touchpoints',
        Array.from({ length: Math.min(500, next - i) }, (_, j) => order(i + j)),
      );
      if (body.position > position) position = body.position;
    }
    expect(await counted(platform, position)).toEqual({ customers: Math.min(50, next), orders: next });
  }, 180_000);
});
