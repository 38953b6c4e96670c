/** Identity's thread. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { problemCode, type ThroughlineError } from '@throughline/contracts';
import { remoteWriter } from '@throughline/event-log';
import { runEmbedded, type EmbeddedIdentity } from './run-embedded.ts';
import type { Told } from './start-identity.ts';

const { writer, ...embedded } = workerData as EmbeddedIdentity & { readonly writer: MessagePort };
const main = parentPort!;
const tell = (told: Told) => main.postMessage(told);
const stopping = new AbortController();
main.on('message', () => stopping.abort());

try {
  await runEmbedded(embedded, remoteWriter(writer), stopping.signal, ({ through, lastDecision }) =>
    tell({ progress: { through, lastDecision } }),
  );
} catch (error) {
  const code = problemCode(error);
  // What is not in the catalogue ends the thread as it is: main sees it as the worker's error.
  if (code === undefined) throw error;
  tell({ failed: code, detail: (error as ThroughlineError).detail });
} finally {
  main.close();
  writer.close();
}
