/** What the tests of the command line share: the real, built command line against a real platform in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

export const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));
export const DATA = join(CHECKOUT, '../shared/data');
/** The command line, in a checkout. */
export const BIN = 'services/cli/bin/throughline.js';
if (!existsSync(join(CHECKOUT, 'services/cli/dist/main.js')))
  throw new Error('These tests run the built command line. Build it first: npm run setup');

const isHere = existsSync(DATA);
if (!isHere) console.warn(`NOT RUN: known answers of the real exports. ${DATA} is absent.`);
/** For suites on the real exports: skipped, loudly, where they are absent. */
export const whereDataIs = isHere ? describe : describe.skip;

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line to its end. */
export async function throughline(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return ended(commandLine(args, env));
}

export function commandLine(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  checkout: string = CHECKOUT,
): ChildProcess {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  return spawn(process.execPath, [join(checkout, BIN), ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export async function ended(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout!.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr!.on('data', (text: Buffer) => (err += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, out, err };
}

/** Something that serves Throughline's HTTP, and how tests ask it. */
export abstract class Served {
  abstract readonly url: string;

  run(...args: string[]): Promise<Ended> {
    return throughline(args, { THROUGHLINE_URL: this.url });
  }

  begin(...args: string[]): ChildProcess {
    return commandLine(args, { THROUGHLINE_URL: this.url });
  }

  async get<T = Json>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
    const address = new URL(this.url + path);
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    const response = await fetch(address);
    const answer = (await response.json()) as T;
    if (!response.ok) throw new Error(`${address.pathname}${address.search}: ${JSON.stringify(answer)}`);
    return answer;
  }

  async post<T = Json>(path: string, body: object): Promise<T> {
    const answer = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const said = (await answer.json()) as T;
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(said)}`);
    return said;
  }

  /** How many customers a condition holds for; all of them without one. */
  async customers(where?: string): Promise<number> {
    return (await this.get<{ total: number }>('/customers', { limit: '1', ...(where === undefined ? {} : { where }) }))
      .total;
  }

  /** A metric's figures by the values of its dimensions; `all` where it is not cut. */
  async metric(
    name: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<Record<string, { n: number; value: number }>> {
    const { rows } = await this.get<{ rows: { dims: Record<string, string | null>; n: number; value: number }[] }>(
      `/metrics/${name}`,
      query,
    );
    return Object.fromEntries(
      rows.map(({ dims, n, value }) => [
        Object.values(dims)
          .map((value) => value ?? 'not known')
          .join('/') || 'all',
        { n, value },
      ]),
    );
  }

  /** Only the counts of it. */
  async counts(name: string, by: string): Promise<Record<string, number>> {
    const figures = await this.metric(name, { by });
    return Object.fromEntries(Object.entries(figures).map(([dims, { n }]) => [dims, n]));
  }

  /** Imports by the example map of that name; ends in time for the views to show it. */
  async import(map: string, file: string): Promise<Report> {
    const { code, out, err } = await this.run(
      'import',
      file,
      '--map',
      join(CHECKOUT, 'examples', `${map}.map.yaml`),
      '--json',
      '--wait',
    );
    if (code !== 0) throw new Error(`import of ${file} ended with ${code}: ${err}${out}`);
    return (JSON.parse(out) as { files: [Report] }).files[0];
  }
}

/** A platform that can be killed and started again where it was. */
export class Platform extends Served {
  readonly folder = mkdtempSync(join(tmpdir(), 'throughline-e2e-'));
  readonly #env: NodeJS.ProcessEnv;
  readonly #checkout: string;
  #port = '0';
  #child: ChildProcess | undefined;
  #url = '';

  constructor(env: NodeJS.ProcessEnv = {}, checkout: string = CHECKOUT) {
    super();
    this.#env = env;
    this.#checkout = checkout;
  }

  get url(): string {
    return this.#url;
  }

  async start(): Promise<this> {
    const args = ['start', '--port', this.#port, '--data', join(this.folder, 'data')];
    const child = commandLine(args, { LOG_LEVEL: 'warn', ...this.#env }, this.#checkout);
    this.#child = child;
    let said = '';
    child.stderr!.on('data', (text: Buffer) => (said += text.toString()));
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (text: Buffer) => {
        said += text.toString();
        const url = /serves at (http:\/\/[^\s,]+)/.exec(said)?.[1];
        if (url === undefined) return;
        this.#url = url;
        this.#port = new URL(url).port;
        resolve();
      });
      child.once('close', () => reject(new Error(`The platform did not start:\n${said}`)));
    });
    return this;
  }

  /** kill -9: nothing is flushed, nothing is told. */
  async kill(): Promise<void> {
    this.#child!.kill('SIGKILL');
    await once(this.#child!, 'close');
  }

  async stop(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'close');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export type Json = Record<string, unknown>;

export interface Report {
  readonly rows: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

/** Writes a copy of a CSV file with its rows in another order, the same at every run. */
export function shuffled(path: string, folder: string, seed = 1): string {
  const text = readFileSync(path, 'latin1');
  const rows: string[] = [];
  let row = '';
  for (const line of text.split('\n')) {
    row += row === '' ? line : `\n${line}`;
    if ((row.split('"').length - 1) % 2 === 1) continue;
    if (row.trim() !== '') rows.push(row.replace(/\r$/, ''));
    row = '';
  }
  const [header, ...body] = rows as [string, ...string[]];
  let state = seed;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let i = body.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [body[i], body[j]] = [body[j]!, body[i]!];
  }
  const copy = join(folder, basename(path));
  writeFileSync(copy, [header, ...body].join('\r\n'), 'latin1');
  return copy;
}

/** Works through items, a few at a time. */
export async function each<T>(items: Iterable<T>, work: (item: T) => Promise<void>, atOnce = 8): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
