import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Append, Batch, NewEvent, RecordedEvent } from '../../src/index.ts';

/** Runs a test in a folder of its own. */
export async function inFolder(run: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'throughline-log-'));
  try {
    await run(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

export function event(data: NewEvent['data'] = {}): NewEvent {
  return {
    id: randomUUID(),
    type: 'page.viewed',
    occurredAt: 1_700_000_000_000,
    data,
    personal: { text: 'grüße' },
    metadata: { source: 'test' },
  };
}

/** One append of so many events to a new stream. */
export function append(stream: string, count = 1, expectedRevision = -1): Append {
  return { stream, expectedRevision, events: Array.from({ length: count }, (_, n) => event({ n })) };
}

export async function eventsOf(batches: AsyncIterable<Batch>): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const batch of batches) events.push(...batch.events);
  return events;
}

/** Full paths of a folder's files whose names match, sorted. */
export async function filesOf(dir: string, name: RegExp): Promise<string[]> {
  return (await readdir(dir))
    .filter((file) => name.test(file))
    .sort()
    .map((file) => join(dir, file));
}
