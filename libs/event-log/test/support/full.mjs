// Fills the disk as far as it is let, then tells what happened to each append, and tries again in a new segment's room.
import { randomUUID } from 'node:crypto';
import { openLog } from '../../dist/index.js';

const [dir] = process.argv.slice(2);
const log = await openLog({ dir });
const event = (bytes) => ({
  id: randomUUID(),
  type: 'page.viewed',
  occurredAt: 0,
  data: { padding: 'x'.repeat(bytes) },
  metadata: {},
});
const acknowledged = [];
const refused = [];
for (let i = 0; i < 400 && refused.length < 20; i++) {
  // Several at once: what was decided by what is on its way must fail with it.
  const events = [event(3000), event(3000)];
  const calls = [
    log.append([{ stream: `s${i}`, expectedRevision: -1, events: [events[0]] }]),
    log.append([{ stream: `s${i}`, expectedRevision: 0, events: [events[1]] }]),
    log.append([{ stream: `t${i}`, expectedRevision: -1, events: [events[0]] }]),
  ];
  const outcomes = await Promise.allSettled(calls);
  for (const [k, outcome] of outcomes.entries()) {
    if (outcome.status === 'rejected') refused.push(outcome.reason.code);
    else if (outcome.value[0].ok) acknowledged.push(events[k % 2].id);
  }
  if (outcomes.some(({ status }) => status === 'rejected') && outcomes.some(({ status }) => status === 'fulfilled'))
    refused.push('mixed');
}
// What is small still fits, and the log goes on.
const small = [];
for (let i = 0; i < 3; i++) {
  const one = event(1);
  const outcome = await log
    .append([{ stream: `small${i}`, expectedRevision: -1, events: [one] }])
    .catch((error) => [{ ok: false, code: error.code }]);
  if (outcome[0].ok) small.push(one.id);
}
process.send({ acknowledged, refused, small });
process.disconnect();
await log.close();
