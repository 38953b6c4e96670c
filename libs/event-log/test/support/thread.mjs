// A worker thread: follows the log by its signal, and answers each event of `ping` with one of its own through the port.
import { randomUUID } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { openLogReader, remoteWriter } from '../../dist/index.js';

const { dir, signal, port, count } = workerData;
const reader = await openLogReader({ dir, signal });
const writer = remoteWriter(port);
let revision = -1;
const refused = await writer.append([
  {
    stream: 'pong',
    expectedRevision: 7,
    events: [{ id: randomUUID(), type: 'pong', occurredAt: 0, data: {}, metadata: {} }],
  },
]);
const broken = await writer.append([{ stream: '', expectedRevision: -1, events: [] }]).catch((error) => error.code);
for await (const batch of reader.follow({ after: '', prefixes: ['ping'] }, new AbortController().signal)) {
  for (const event of batch.events) {
    const answer = { id: randomUUID(), type: 'pong', occurredAt: 0, data: { n: event.data.n }, metadata: {} };
    const [result] = await writer.append([{ stream: 'pong', expectedRevision: revision, events: [answer] }]);
    revision = result.revision;
  }
  if (revision === count - 1) break;
}
await reader.close();
parentPort.postMessage({ refused, broken, revision });
