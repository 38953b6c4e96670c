import type { LogReader } from '../port.ts';
import { Connection } from './connection.ts';
import { openMirrorReader } from './mirror-reader.ts';
import { serverReader } from './server-reader.ts';

/** Reads an EventStoreDB itself, and a host's copy of it only for what an index must answer: where an id stands. */
export function openServerReader({
  url,
  mirrorDir,
}: {
  readonly url: string;
  readonly mirrorDir: string;
}): LogReader & { close(): Promise<void> } {
  const connection = new Connection(url);
  const mirror = openMirrorReader({ dir: mirrorDir });
  return {
    ...serverReader(connection),
    find: (ids) => mirror.find(ids),
    async close() {
      await mirror.close();
      await connection.close();
    },
  };
}
