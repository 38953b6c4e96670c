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
/** Events whose append was refused, made small enough to fit. */
const again = [];
for (let i = 0; i < 400 && refused.length < 20; i++) {
  // Several at once: what was decided by what is on its way must fail with it.
  const events = [event(3000), event(3000)];
  const outcomes = await Promise.allSettled([
    log.append([{ stream: `s${i}`, expectedRevision: -1, events: [events[0]] }]),
    log.append([{ stream: `s${i}`, expectedRevision: 0, events: [events[1]] }]),
    log.append([{ stream: `t${i}`, expectedRevision: -1, events: [events[0]] }]),
  ]);
  for (const [k, outcome] of outcomes.entries()) {
    if (outcome.status === 'rejected') refused.push(outcome.reason.code);
    else if (outcome.value[0].ok) acknowledged.push(events[k % 2].id);
  }
  const [first, , other] = outcomes;
  if (first.status === 'rejected' && other.value?.[0].reason === 'KNOWN_ID')
    refused.push('said to be known, and is not');
  if (first.status === 'rejected' && other.status === 'rejected')
    again.push({ stream: `s${i}`, event: { ...events[0], data: {} } });
}
// What was refused left no trace: the same ids, at the same revisions, are taken as soon as they fit.
const small = [];
for (const { stream, event } of again.slice(0, 3)) {
  const [result] = await log.append([{ stream, expectedRevision: -1, events: [event] }]);
  if (!result.ok) refused.push(result.reason);
  else small.push(event.id);
}
process.send({ acknowledged, refused, small });
process.disconnect();
await log.close();
