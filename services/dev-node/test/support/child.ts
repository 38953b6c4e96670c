/** The node as a process of its own: the built one, since Node 20 does not read TypeScript. `npm run build` makes it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface NodeProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
  /** What it said when it was ready. */
  readonly said: Readonly<Record<string, unknown>>;
}

export async function spawnNode(dir: string, port = 0): Promise<NodeProcess> {
  const child = spawn(process.execPath, [MAIN, '--port', String(port), '--data', dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error('The node ended before it was ready.')));
  });
  const said = JSON.parse(line) as { url: string; port: number };
  return { child, url: said.url, port: said.port, said: { ...said } };
}

/** Runs the command until it ends. */
export async function runNode(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  await once(child, 'close');
  return { code: child.exitCode, said };
}

export async function end({ child }: NodeProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  await once(child, 'exit');
  return child.exitCode;
}

/** What the process has in memory, in MiB. */
export async function memoryOf({ child }: NodeProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
}
