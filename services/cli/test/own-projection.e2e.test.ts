/** A projection of one's own, made in a copy of this checkout as docs/guides/your-own-projection.md says. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
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
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  canTest,
  missingDevNode,
  missingRedis,
  startDevNode,
  startRedis,
  type Engine,
} from '../../../infra/engines/index.mjs';
import { filesOf, notPrinted, runStep, stepsOf, type Step } from './guide.ts';
import { CHECKOUT, Platform, Served, type Json } from './kit.ts';

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

/** What only looks may be asked again: a fleet that has just started, or taken something, shows within moments what it will go on showing. */
const LOOKS = /^npx throughline (projections|customer|metrics|replay diff)\b/;
const LONGEST_MS = 60_000;

const checkout = copyOfCheckout();
beforeAll(() => {
  for (const { file, text } of filesOf(GUIDE)) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true });
    appendFileSync(join(checkout, file), text);
  }
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

/** Does what the guide says, and expects what it shows. */
async function follow(steps: readonly Step[], served: Served): Promise<void> {
  expect(steps.length).toBeGreaterThan(7);
  for (const step of steps) {
    const deadline = performance.now() + (LOOKS.test(step.command) ? LONGEST_MS : 0);
    let differs = await difference(step, served);
    while (differs && performance.now() < deadline) {
      await sleep(200);
      differs = await difference(step, served);
    }
    expect(differs).toBeUndefined();
  }
}

/** What the step does otherwise than as it is written. */
async function difference(step: Step, served: Served) {
  const env = { THROUGHLINE_URL: served.url, THROUGHLINE_AUTHOR: 'ada' };
  const { code, out, err } = await runStep(step, env, checkout);
  const missing = notPrinted(step, { code, out, err }, 'exact');
  return code === step.code && missing.length === 0 ? undefined : { command: step.command, code, missing, out, err };
}

const [lawful, ...others] = stepsOf(GUIDE);

describe('The guide to a projection of your own', () => {
  const platform = new Platform({}, checkout);
  afterAll(() => platform.stop());

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
    await follow(others, platform);
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

/** A cold start of ten processes on two busy cores may take its time. */
const FLEET = `
import { startFleet } from './infra/services/fleet.mjs';
const fleet = await startFleet({ env: {}, replicas: { 'waits-projection': 2 } });
process.on('SIGTERM', () => void fleet.stop().then(() => process.exit(0)));
await fleet.ready(180_000);
console.log('Throughline serves at ' + fleet.url);
`;

/** All services of the copy, each a process of its own; of the one of one's own two. */
class Services extends Served {
  readonly #child: ChildProcess;
  #url = '';

  constructor(env: NodeJS.ProcessEnv) {
    super();
    this.#child = spawn(process.execPath, ['--input-type=module', '--eval', FLEET], {
      cwd: checkout,
      env: { ...process.env, LOG_LEVEL: 'warn', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  get url(): string {
    return this.#url;
  }

  async start(): Promise<void> {
    let said = '';
    for await (const chunk of this.#child.stdout!.setEncoding('utf8') as AsyncIterable<string>) {
      said += chunk;
      this.#url = /^Throughline serves at (http:\/\/[^\s,]+)/m.exec(said)?.[1] ?? '';
      if (this.#url !== '') return;
    }
    throw new Error(`The services did not start:\n${said}`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'close');
  }
}

const missing = missingDevNode() ?? missingRedis();
const apart = canTest('a projection of one’s own, services apart', missing) ? describe : describe.skip;

apart('Services apart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-own-apart-'));
  const engines: Engine[] = [];
  let services: Services | undefined;

  beforeAll(async () => {
    const [log, views] = [
      await startDevNode({ dir: join(folder, 'eventstore') }),
      await startRedis({ dir: join(folder, 'redis') }),
    ];
    engines.push(log, views);
    services = new Services({
      EVENTSTORE_URL: log.address,
      REDIS_URL: views.address,
      THROUGHLINE_SHARDS: '2',
      THROUGHLINE_DATA: join(folder, 'data'),
    });
    await services.start();
  });
  afterAll(async () => {
    await services?.stop();
    for (const engine of engines) await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('run it as one more, whose replicas share its view, and do all of the guide as well', () =>
    follow(others, services!));
});
