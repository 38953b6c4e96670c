/** What holds of all segments but the last. */
import { statSync } from 'node:fs';
import { Scan } from './scan.ts';
import { damaged, type SegmentFiles } from './segment-files.ts';

/** Segments before the last one were whole before the next began: each must end where the next begins. */
export function checkSealed(files: SegmentFiles): void {
  files.bases.forEach((base, i) => {
    const previous = files.bases[i - 1];
    const expected = previous === undefined ? 0 : previous + statSync(files.path(previous)).size;
    if (base !== expected) throw damaged(files.path(previous ?? base), Math.min(base, expected));
  });
}

/** Where the last record before the end of a sealed segment begins. */
export async function lastBefore(files: SegmentFiles, end: number): Promise<number> {
  const base = files.baseOf(end - 1)!;
  const scan = new Scan(files, base);
  let last = base;
  try {
    for (let chunk = await scan.next(end); chunk; chunk = await scan.next(end))
      last = chunk.base + chunk.starts[chunk.starts.length - 1]!;
  } finally {
    await scan.close();
  }
  return last;
}
