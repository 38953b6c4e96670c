/** Reading and writing all of something at an offset; the system may do less than it was asked. */
import { read, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';

const readOnce = promisify(read);

/** Fills the buffer's first `length` bytes from the file; returns how many there were. */
export async function readFully(fd: number, buffer: Buffer, length: number, position: number): Promise<number> {
  let done = 0;
  while (done < length) {
    const { bytesRead } = await readOnce(fd, buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** The same, at once: for what is small and most likely in memory already. */
export function readFullySync(
  fd: number,
  buffer: NodeJS.ArrayBufferView,
  length: number,
  position: number,
  at = 0,
): number {
  let done = 0;
  while (done < length) {
    const bytes = readSync(fd, buffer, at + done, length - done, position + done);
    if (bytes === 0) break;
    done += bytes;
  }
  return done;
}

export async function writeFully(file: FileHandle, buffer: Buffer, length: number, position: number): Promise<void> {
  let done = 0;
  while (done < length) {
    const { bytesWritten } = await file.write(buffer, done, length - done, position + done);
    done += bytesWritten;
  }
}
