import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { ThroughlineError } from '@throughline/contracts';
import { openLog, type EmbeddedLog } from '@throughline/event-log';
import { Writer } from '../src/store/writer.ts';
import { newFolder } from './support/node.ts';

const append = (expected: 'any' | 'no_stream' | bigint, id = randomUUID()) => ({
  kind: 'append' as const,
  stream: 'a',
  expected,
  events: [{ id, type: 'test', isJson: true, data: Buffer.from('{}'), metadata: new Uint8Array(0) }],
  deadline: Infinity,
});

test.each([
  ['was written after all', true],
  ['was not written', false],
])('An append that failed and %s is told as failed, and the writer goes on by what is there', async (_, isWritten) => {
  const dir = await newFolder();
  const log = await openLog({ dir });
  let fails = false;
  const failing: EmbeddedLog = {
    ...log,
    async append(appends) {
      if (!fails || isWritten) await log.append(appends);
      if (fails) throw new ThroughlineError('log-full');
      return log.append(appends);
    },
  };
  const writer = new Writer(failing);
  await writer.submit(append('no_stream'));
  fails = true;
  const lost = randomUUID();
  await expect(writer.submit(append(0n, lost))).rejects.toThrow('disk is full');
  fails = false;
  expect(await writer.submit(append('any'))).toMatchObject({ ok: true, revision: isWritten ? 2 : 1 });
  expect(await writer.submit(append(0n, lost))).toMatchObject(
    isWritten ? { ok: true, revision: 1 } : { ok: false, reason: 'WRONG_REVISION', actual: 1 },
  );
  await writer.idle();
  await log.close();
  await rm(dir, { recursive: true });
});
