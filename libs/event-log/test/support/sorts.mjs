// Fills segments until threads have sorted some of them, waits until none is there any more, and tells how it went.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLog } from '../../dist/index.js';

let made = 0;
let alive = 0;
process.on('worker', (worker) => {
  made++;
  alive++;
  worker.on('exit', () => alive--);
});

const log = await openLog({ dir: process.argv[2], segmentBytes: 64 * 1024 });
const event = () => ({ id: randomUUID(), type: 'page.viewed', occurredAt: 0, data: {}, metadata: {} });
for (let i = 0; i < 2_000; i++) await log.append([{ stream: `s${i}`, expectedRevision: -1, events: [event()] }]);
for (let tries = 0; alive > 0 && tries < 200; tries++) await sleep(50);
process.send({ made, alive }, () => process.exit());
