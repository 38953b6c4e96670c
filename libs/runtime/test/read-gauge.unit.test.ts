import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { readGauge, readGauges } from '../src/metrics/read-gauge.ts';

test('a figure is what it is when it is asked for', async () => {
  const registry = new Registry();
  let bytes = 1;
  readGauge(registry, 'bytes', 'Bytes', () => bytes);
  expect(await registry.metrics()).toContain('\nbytes 1\n');
  bytes = 2;
  expect(await registry.metrics()).toContain('\nbytes 2\n');
});

test('a figure with labels tells those that are there, and none that is gone', async () => {
  const registry = new Registry();
  const lags = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  const figure = { name: 'lag', help: 'Lag', labelNames: ['part'] as const };
  readGauges(registry, figure, () => Promise.resolve(Array.from(lags, ([part, lag]) => [{ part }, lag] as const)));
  expect(await registry.metrics()).toContain('\nlag{part="a"} 1\nlag{part="b"} 2\n');
  lags.delete('a');
  expect(await registry.metrics()).not.toContain('part="a"');
});
