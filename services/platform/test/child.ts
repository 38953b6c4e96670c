import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TouchpointInput } from '@throughline/contracts';

/** The platform as it is built. */
export const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** What an answer holds: tests look into it as they like. */
export type Body = ReturnType<typeof JSON.parse>;

export interface Answer<T = Body> {
  readonly status: number;
  readonly type: string;
  readonly body: T;
}

/** A platform in a process of its own, as people run it. */
export class Child {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: string | null; log: string }>;

  private constructor(process: ChildProcess, url: string, ended: Child['ended']) {
    this.#process = process;
    this.url = url;
    this.ended = ended;
  }

  static async start(data: string, env: Readonly<Record<string, string>> = {}): Promise<Child> {
    if (!existsSync(MAIN)) throw new Error('The platform is not built: run npm run build first.');
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env['PATH'], THROUGHLINE_DATA: data, PORT: '0', LOG_LEVEL: 'warn', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    child.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const ended = new Promise<{ code: number | null; signal: string | null; log: string }>((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, log }));
    });
    const url = new Promise<string>((resolve) => {
      let said = '';
      child.stdout!.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const address = /serves at (\S+),/.exec(said);
        if (address) resolve(address[1]!);
      });
    });
    const first = await Promise.race([url, ended]);
    if (typeof first !== 'string') throw new Error(`The platform did not start: ${first.log}`);
    return new Child(child, first, ended);
  }

  async get<T = Body>(path: string): Promise<Answer<T>> {
    return answerOf<T>(await fetch(this.url + path));
  }

  async post<T = Body>(path: string, body: object | string): Promise<Answer<T>> {
    return answerOf<T>(
      await fetch(this.url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    );
  }

  stop(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT' = 'SIGTERM'): Child['ended'] {
    this.#process.kill(signal);
    return this.ended;
  }
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  return { status: response.status, type, body: (type.includes('json') ? JSON.parse(text) : text) as T };
}

/** A data folder for one test. */
export function dataFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'throughline-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A touchpoint as a channel sends it. */
export function touchpoint(
  id: string,
  type: string,
  time: string,
  identifiers: Readonly<Record<string, string>>,
  facts: Readonly<Record<string, unknown>> = {},
  channel = 'web',
): TouchpointInput {
  return {
    id,
    source: 'e2e',
    type,
    time,
    data: {
      channel,
      identifiers: Object.entries(identifiers).map(([kind, value]) => ({ type: kind, value })),
      facts: facts as never,
    },
  };
}
