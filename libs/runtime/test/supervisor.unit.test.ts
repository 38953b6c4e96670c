import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ThroughlineError } from '@throughline/contracts';
import { createLogger, createMetrics, Health, PartFigures } from '../src/index.ts';
import { Supervisor, type Running } from '../src/supervisor.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A part that runs until it is told to fail or to stop. */
function part() {
  const runs: { fail(error?: Error): void }[] = [];
  const start = (): Running => {
    let settle!: { resolve(): void; reject(error: Error): void };
    const ended = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
    runs.push({ fail: (error = new Error('worker fell over')) => settle.reject(error) });
    return { ended, stop: async () => settle.resolve() };
  };
  return { start, runs };
}

function supervised(start: () => Running) {
  const health = new Health();
  const supervisor = new Supervisor('crm-projection', start, {
    logger: createLogger('silent'),
    health,
    figures: new PartFigures(createMetrics()),
  });
  return { supervisor, ready: () => health.check().ready };
}

const turn = () => jest.advanceTimersByTimeAsync(0);

describe('a supervised part', () => {
  test('is ready once it runs', async () => {
    const { start } = part();
    const { supervisor, ready } = supervised(start);
    expect(ready()).toBe(false);
    supervisor.run();
    await turn();
    expect(ready()).toBe(true);
    await supervisor.stop();
    expect(ready()).toBe(false);
  });

  test('that fails is not ready, and is started again after a pause that doubles', async () => {
    const { start, runs } = part();
    const { supervisor, ready } = supervised(start);
    supervisor.run();
    await turn();
    for (const pause of [200, 400, 800]) {
      const before = runs.length;
      runs.at(-1)!.fail();
      await turn();
      expect(ready()).toBe(false);
      await jest.advanceTimersByTimeAsync(pause - 1);
      expect(runs).toHaveLength(before);
      await jest.advanceTimersByTimeAsync(1);
      expect(runs).toHaveLength(before + 1);
      expect(ready()).toBe(true);
    }
    await supervisor.stop();
  });

  test('that another process has taken over is left to it, and said not to be ready', async () => {
    const { start, runs } = part();
    const { supervisor, ready } = supervised(start);
    supervisor.run();
    await turn();
    runs.at(-1)!.fail(new ThroughlineError('view-taken-over'));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(runs).toHaveLength(1);
    expect(ready()).toBe(false);
    await supervisor.stop();
  });

  test('that cannot even start is tried again', async () => {
    const { start, runs } = part();
    let refusals = 2;
    const { supervisor, ready } = supervised(() => {
      if (refusals-- > 0) throw new Error('no room');
      return start();
    });
    supervisor.run();
    await jest.advanceTimersByTimeAsync(700);
    expect(runs).toHaveLength(1);
    expect(ready()).toBe(true);
    await supervisor.stop();
  });

  test('is not started again once it was stopped, not even while it waits', async () => {
    const { start, runs } = part();
    const { supervisor } = supervised(start);
    supervisor.run();
    await turn();
    runs[0]!.fail();
    await turn();
    await supervisor.stop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(runs).toHaveLength(1);
  });
});
