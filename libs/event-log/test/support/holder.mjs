// Opens the log, says how that went, and holds it until told to let go.
import { openLog } from '../../dist/index.js';

const [dir] = process.argv.slice(2);
try {
  const log = await openLog({ dir });
  process.send({ opened: true, pid: process.pid });
  process.on('message', async () => {
    await log.close();
    process.disconnect();
  });
} catch (error) {
  process.send({ opened: false, code: error.code, detail: error.detail });
  process.disconnect();
}
