/** Writes the log and runs identity, by the shipped rules and beside them by others, until it is killed, or until all is decided by both: then it says `done`. */
import { openLog } from '@throughline/event-log';
import { startIdentity } from '@throughline/identity-service';
import { openIdentityReader } from '@throughline/read-model';
import { happenings, OTHER_RULES } from './happenings.mjs';

const [data, count] = [process.argv[2], Number(process.argv[3])];
const log = await openLog({ dir: `${data}/log` });
await log.append([
  {
    stream: 'projection-identity',
    expectedRevision: -1,
    events: [
      {
        id: '11111111-1111-4111-8111-111111111111',
        type: 'replay.requested',
        occurredAt: 0,
        data: { version: 'v2', documents: { rules: OTHER_RULES }, source: 'copy', author: 'ada', reason: '' },
        metadata: {},
      },
    ],
  },
]);
let head = '';
let all = false;
let byTheOthers;
const identity = startIdentity({
  log: { engine: 'embedded', dir: `${data}/log`, signal: log.signal },
  graph: `${data}/identity`,
  views: { engine: 'embedded', dir: data },
  writer: log,
  secret: new Uint8Array(32),
  watch: {
    causes: false,
    onFollowed: async ({ through }) => {
      if (!all || through < head || byTheOthers) return;
      byTheOthers = openIdentityReader({ dir: `${data}/identity-v2` });
      while ((await byTheOthers.progress()).through < head) await new Promise((again) => setTimeout(again, 20));
      process.send('done');
    },
  },
});
identity.ended.catch((error) => {
  process.send(`failed: ${error.stack}`);
});

const told = happenings(count);
const homes = await log.find(told.map(({ event }) => event.id));
const left = told.filter((_, n) => homes[n] === undefined);
process.send(`starts with ${left.length} left`);
const revisions = new Map();
for (let n = 0; n < left.length; n += 25) {
  const appends = [];
  for (const { stream, event } of left.slice(n, n + 25)) {
    const expectedRevision = revisions.get(stream) ?? (await log.revisions([stream]))[0];
    revisions.set(stream, expectedRevision + 1);
    appends.push({ stream, expectedRevision, events: [event] });
  }
  const results = await log.append(appends);
  if (!results.every(({ ok }) => ok)) throw new Error('an append failed');
  head = results.at(-1).position;
}
// One more event, so that progress is told even when all was decided before.
const [nudge] = await log.append([
  {
    stream: 'clock',
    expectedRevision: (await log.revisions(['clock']))[0],
    events: [{ id: crypto.randomUUID(), type: 'nudge', occurredAt: 0, data: {}, metadata: {} }],
  },
]);
head = nudge.position;
all = true;
