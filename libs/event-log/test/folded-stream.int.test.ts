import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { uuidv5 } from '@throughline/contracts';
import { FoldedStream, NO_STREAM, openLog, type EmbeddedLog, type RecordedEvent } from '../src/index.ts';

const IDS = '5f0c1b9e-7a2d-4c6f-8b1e-3a5d7c9f0b2d';

describe('What a stream comes to', () => {
  let dir = '';
  let log: EmbeddedLog;
  let written = 0;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'throughline-folded-'));
    log = await openLog({ dir });
    written = 0;
  });
  afterEach(async () => {
    await log.close();
    await rm(dir, { recursive: true });
  });

  const write = async (n: number) => {
    const one = (i: number) => ({
      id: uuidv5(IDS, String(i)),
      type: 'counted',
      occurredAt: 0,
      data: { i },
      metadata: { schema: 1 },
    });
    const events = Array.from({ length: n }, (_, i) => one(written + i));
    await log.append([{ stream: 'counts', expectedRevision: written - 1, events }]);
    written += n;
  };
  const folded = (evolve: (seen: number[], event: RecordedEvent) => number[]) =>
    new FoldedStream<number[]>(log, 'counts', [], evolve);
  const append = (seen: number[], { data }: RecordedEvent) => [...seen, data['i'] as number];

  test('takes each event once, however many ask at the same time', async () => {
    const stream = folded(append);
    expect([stream.state, stream.revision]).toEqual([[], NO_STREAM]);
    await write(3);
    const both = await Promise.all([stream.catchUp(), stream.catchUp()]);
    expect(both).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    await write(2);
    expect(await stream.catchUp()).toEqual([0, 1, 2, 3, 4]);
    expect(stream.revision).toBe(4);
  });

  test('is gone on with where reading it failed', async () => {
    await write(3);
    let fails = true;
    const stream = folded((seen, event) => {
      if (fails && event.revision === 2) throw new Error('away');
      return append(seen, event);
    });
    await expect(stream.catchUp()).rejects.toThrow('away');
    fails = false;
    expect(await stream.catchUp()).toEqual([0, 1, 2]);
  });
});
