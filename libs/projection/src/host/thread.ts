/** Work along the log in a thread of its own. */
import { existsSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MessageChannel, parentPort, Worker, workerData, type MessagePort } from 'node:worker_threads';
import { problemCode, ThroughlineError, type ProblemCode } from '@throughline/contracts';
import { remoteWriter, serveAppends, type LogWriter } from '@throughline/event-log';
import { running, untilStopped, type Running } from './running.ts';

/** What a thread does until `stopping` aborts: `data` can be cloned, `tell` is there when somebody listens. */
export type Work<D, N> = (
  data: D,
  writer: LogWriter,
  stopping: AbortSignal,
  tell: ((news: N) => void) | undefined,
) => Promise<void>;

export interface StartThread<D, N> {
  /** The module whose body is `serveThread(work)`. */
  readonly script: URL;
  readonly work: Work<D, N>;
  readonly data: D;
  /** Of this process; the thread appends through it, and reads the log itself. */
  readonly writer: LogWriter;
  readonly onNews?: ((news: N) => void) | undefined;
}

/** What the thread is given beside its data. */
interface Given<D> {
  readonly data: D;
  readonly writer: MessagePort;
  readonly listened: boolean;
}

/** What the thread tells: news, or what ended it. */
type Told<N> = { readonly news: N } | { readonly failed: ProblemCode; readonly detail: string | undefined };

/**
 * Most of what folding makes is gone with its batch: with room for it, the collector finds little to copy. The less the old may
 * grow, the sooner it is collected: left to itself it grows to four times what is alive.
 */
const HEAP = { maxYoungGenerationSizeMb: 96, maxOldGenerationSizeMb: 1024 };

/** Starts the work in a thread. Run from TypeScript source, as tests are, there is no script to load: it then runs in this one. */
export function startThread<D, N>(start: StartThread<D, N>): Running {
  return existsSync(fileURLToPath(start.script)) ? inThread(start) : here(start);
}

function inThread<D, N>({ script, data, writer, onNews }: StartThread<D, N>): Running {
  const { port1: port, port2: far } = new MessageChannel();
  serveAppends(writer, port);
  const given: Given<D> = { data, writer: far, listened: onNews !== undefined };
  const worker = new Worker(script, { workerData: given, transferList: [far], resourceLimits: HEAP });
  const ended = new Promise<void>((resolve, reject) => {
    worker.on('message', (told: Told<N>) => {
      if ('news' in told) onNews?.(told.news);
      else reject(new ThroughlineError(told.failed, told.detail));
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  }).finally(() => port.close());
  return running(ended, () => worker.postMessage('stop'));
}

function here<D, N>({ work, data, writer, onNews }: StartThread<D, N>): Running {
  return untilStopped((signal) => work(data, writer, signal, onNews));
}

/**
 * The body of a thread. Any message from the parent ends it, after the commit in hand.
 *
 * @param nicenessOf The thread, by its data, 0 to 19: how far it gives way to others when the cores do not suffice for all.
 */
export async function serveThread<D, N>(work: Work<D, N>, nicenessOf: (data: D) => number = () => 0): Promise<void> {
  const { data, writer, listened } = workerData as Given<D>;
  const parent = parentPort!;
  const tell = (told: Told<N>) => parent.postMessage(told);
  const stopping = new AbortController();
  parent.on('message', () => stopping.abort());
  const niceness = nicenessOf(data);
  // Linux alone gives a thread a priority of its own; elsewhere it would be the whole process's.
  if (niceness > 0 && process.platform === 'linux') setPriority(0, niceness);
  try {
    await work(data, remoteWriter(writer), stopping.signal, listened ? (news) => tell({ news }) : undefined);
  } catch (error) {
    const code = problemCode(error);
    // What is not in the catalogue ends the thread as it is: the parent sees it as the worker's error.
    if (code === undefined) throw error;
    tell({ failed: code, detail: (error as ThroughlineError).detail });
  } finally {
    parent.close();
    writer.close();
  }
}
