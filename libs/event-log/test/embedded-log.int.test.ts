import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '../src/index.ts';
import { eventLogContract } from '../src/contract/event-log-contract.ts';

for (const [name, segmentBytes] of [
  ['The embedded log', undefined],
  ['The embedded log in tiny segments, mostly indexed on disk,', 4096],
] as const) {
  eventLogContract(name, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'throughline-log-'));
    const open = () => openLog(segmentBytes === undefined ? { dir } : { dir, segmentBytes });
    let log = await open();
    return {
      log,
      async reopen() {
        await log.close();
        log = await open();
        return log;
      },
      async dispose() {
        await log.close();
        await rm(dir, { recursive: true });
      },
    };
  });
}
