/** A projection of one's own, made in a copy of this checkout as docs/guides/your-own-projection.md says. */
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { filesOf, notPrinted, runStep, stepsOf } from './guide.ts';
import { CHECKOUT, Platform, type Json } from './kit.ts';

jest.setTimeout(600_000);

const GUIDE = 'your-own-projection.md';
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.nx', '.throughline', '.throughline-engines', 'coverage']);

/** The sources, and the packages by links; what is built is not among it. */
function copyOfCheckout(): string {
  const copy = mkdtempSync(join(tmpdir(), 'throughline-own-'));
  const isSource = (path: string) => !LEFT_OUT.has(basename(path)) && !path.endsWith('.tsbuildinfo');
  cpSync(CHECKOUT, copy, { recursive: true, filter: isSource, verbatimSymlinks: true });
  const packages = join(copy, 'node_modules');
  mkdirSync(packages);
  const installed = join(CHECKOUT, 'node_modules');
  for (const entry of readdirSync(installed)) {
    if (entry === '@throughline') cpSync(join(installed, entry), join(packages, entry), VERBATIM);
    else if (!entry.startsWith('.package-lock')) symlinkSync(join(installed, entry), join(packages, entry));
  }
  // Its time says that what is installed is what the lockfile names.
  copyFileSync(join(installed, '.package-lock.json'), join(packages, '.package-lock.json'));
  return copy;
}

const VERBATIM = { recursive: true, verbatimSymlinks: true };

async function upToDate(platform: Platform): Promise<void> {
  const { head } = await platform.get<{ head: string }>('/projections');
  await platform.get('/projections', { after: head, timeout: '30000' });
}

describe('The guide to a projection of your own', () => {
  const checkout = copyOfCheckout();
  const platform = new Platform({}, checkout);
  const [lawful, ...others] = stepsOf(GUIDE);

  beforeAll(() => {
    for (const { file, text } of filesOf(GUIDE)) {
      mkdirSync(dirname(join(checkout, file)), { recursive: true });
      appendFileSync(join(checkout, file), text);
    }
  });
  afterAll(async () => {
    await platform.stop();
    rmSync(checkout, { recursive: true, force: true });
  });

  test('has one file, one line, and the laws that the file obeys', async () => {
    const files = filesOf(GUIDE).map(({ file }) => file);
    expect(files.filter((file) => file.startsWith('libs/'))).toEqual([
      'libs/projections/src/own/waits.ts',
      'libs/projections/src/registered.ts',
      'libs/projections/test/own/waits.unit.test.ts',
    ]);
    const ended = await runStep(lawful!, {}, checkout);
    if (ended.code !== 0) console.error(ended.out, ended.err);
    expect([ended.code, notPrinted(lawful!, ended, 'exact')]).toEqual([0, []]);
  });

  test('does as written, to the last figure', async () => {
    await platform.start();
    expect(others.length).toBeGreaterThan(7);
    for (const step of others) {
      // Readers type more slowly than views follow.
      await upToDate(platform);
      const ended = await runStep(step, { THROUGHLINE_URL: platform.url, THROUGHLINE_AUTHOR: 'ada' }, checkout);
      const told = { command: step.command, code: ended.code, missing: notPrinted(step, ended, 'exact') };
      if (ended.code !== step.code || told.missing.length > 0) console.error(ended.out, ended.err);
      expect(told).toEqual({ command: step.command, code: step.code, missing: [] });
    }
  });

  test('makes one that is in every list, and in the reference, as the shipped ones are', async () => {
    const { items } = await platform.get<{ items: Json[] }>('/projections');
    expect(items.map(({ name }) => name)).toEqual(['balance', 'cem', 'crm', 'waits']);
    const { parts } = await platform.get<{ parts: Json }>('/health/ready');
    expect(parts).toMatchObject({ 'waits-projection': { ready: true } });
    const reference = await platform.get<{ paths: Record<string, { get: { parameters: Json[] } }> }>(
      '/docs/openapi.json',
    );
    const { parameters } = reference.paths['/projections/{name}/customers/{id}']!.get;
    expect(parameters).toContainEqual(
      expect.objectContaining({ name: 'name', schema: { type: 'string', enum: ['balance', 'cem', 'crm', 'waits'] } }),
    );
  });
});
