// Opens the log, says how that went, appends when told to, and holds the log until told to let go.
import { randomUUID } from 'node:crypto';
import { openLog } from '../../dist/index.js';

const [dir] = process.argv.slice(2);
try {
  const log = await openLog({ dir });
  const append = async () => {
    const events = [{ id: randomUUID(), type: 'held', occurredAt: 0, data: {}, metadata: {} }];
    await log.append([{ stream: randomUUID(), expectedRevision: -1, events }]);
  };
  process.send({ opened: true, pid: process.pid });
  process.on('message', async (told) => {
    if (told === 'append') {
      const code = await append().then(
        () => 'appended',
        (error) => error.code,
      );
      process.send({ code });
      return;
    }
    await log.close();
    process.disconnect();
  });
} catch (error) {
  process.send({ opened: false, code: error.code, detail: error.detail });
  process.disconnect();
}
