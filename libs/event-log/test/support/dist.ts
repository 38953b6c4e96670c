/** Child processes and threads run the built package: Node 20 does not read TypeScript. `npm run build` makes it. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const scriptPath = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

/** Starts a script of this folder with an IPC channel, limited to files of so many KiB when told. */
export function start(script: string, args: readonly string[], fileKiB?: number): ChildProcess {
  if (fileKiB === undefined)
    return fork(scriptPath(script), args, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  // The signal is ignored, so that a write beyond the limit fails as on a full disk instead of ending the process.
  const command = `trap '' XFSZ; ulimit -f ${fileKiB * 2}; exec "$0" "$@"`;
  return spawn('bash', ['-c', command, process.execPath, scriptPath(script), ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** The next message; a child that ends without one is an error. */
export function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('The child process ended.'));
    child.once('exit', ended);
    child.once('message', (content) => {
      child.off('exit', ended);
      resolve(content as T);
    });
  });
}

export async function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
