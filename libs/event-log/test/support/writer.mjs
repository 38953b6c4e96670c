// Appends without end, several calls in flight, and reports every acknowledged event before it goes on.
import { randomUUID } from 'node:crypto';
import { openLog } from '../../dist/index.js';

const [dir, segmentBytes] = process.argv.slice(2);
const log = await openLog({ dir, segmentBytes: Number(segmentBytes) });
process.send({ opened: true, torn: log.stats().torn });
let n = 0;
await Promise.all(
  Array.from({ length: 4 }, async () => {
    for (;;) {
      const events = Array.from({ length: 1 + (n % 5) }, () => ({
        id: randomUUID(),
        type: 'page.viewed',
        occurredAt: n,
        data: { n: n++, padding: 'x'.repeat(n % 700) },
        metadata: {},
      }));
      const [result] = await log.append([{ stream: `s-${events[0].id}`, expectedRevision: -1, events }]);
      if (!result.ok) throw new Error(result.reason);
      await new Promise((done) => process.send({ acknowledged: events.map(({ id }) => id) }, done));
    }
  }),
);
