import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { openLog, type EmbeddedLog } from '@throughline/event-log';
import { factsOf } from '../src/read/read-stream.ts';
import { subscribeToAll, subscribeToStream, type Notice } from '../src/read/subscribe.ts';
import { Writer } from '../src/store/writer.ts';
import { newFolder } from './support/node.ts';

/** A log with as many events as told in stream `a`, and a way to add one more. */
async function withLog(count: number, run: (log: EmbeddedLog, add: () => Promise<unknown>) => Promise<void>) {
  const dir = await newFolder();
  const log = await openLog({ dir });
  const writer = new Writer(log);
  const add = () =>
    writer.submit({
      kind: 'append',
      stream: 'a',
      expected: 'any',
      events: [{ id: randomUUID(), type: 'test', isJson: true, data: Buffer.from('{}'), metadata: new Uint8Array(0) }],
      deadline: Infinity,
    });
  try {
    for (let i = 0; i < count; i++) await add();
    await run(log, add);
  } finally {
    await log.close();
    await rm(dir, { recursive: true });
  }
}

/** What is told until there is nothing to tell but what is yet to come: revisions, and `caught up`. */
async function told(notices: AsyncIterable<readonly Notice[]>, count: number): Promise<(number | string)[]> {
  const all: (number | string)[] = [];
  for await (const page of notices) {
    for (const notice of page) all.push(notice.kind === 'event' ? notice.event.revision : notice.kind);
    if (all.length >= count) break;
  }
  return all;
}

test('What is written while a subscription to a stream begins is told once', async () => {
  await withLog(3, async (log, add) => {
    const load = async () => {
      await add();
      return factsOf(log, 'a');
    };
    const notices = subscribeToStream(log, 'a', load, 'start', new AbortController().signal);
    expect(await told(notices, 5)).toEqual([0, 1, 2, 'caught-up', 3]);
  });
});

test('A subscription has caught up only with what was written until then', async () => {
  await withLog(3, async (log, add) => {
    let asked = 0;
    const growing: EmbeddedLog = {
      ...log,
      async head() {
        if (asked++ === 1) await add();
        return log.head();
      },
    };
    const notices = subscribeToAll(growing, 'start', undefined, new AbortController().signal);
    expect(await told(notices, 5)).toEqual([0, 1, 2, 3, 'caught-up']);
  });
});
