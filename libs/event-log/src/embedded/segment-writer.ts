/** The last segment's file, open for writing: at most one write is in flight, always at the durable end. */
import { open, type FileHandle } from 'node:fs/promises';
import { writeFully } from './bytes.ts';
import type { SegmentFiles } from './segment-files.ts';

export class SegmentWriter {
  readonly #files: SegmentFiles;
  #base: number;
  #file: FileHandle;

  private constructor(files: SegmentFiles, base: number, file: FileHandle) {
    this.#files = files;
    this.#base = base;
    this.#file = file;
  }

  /** Opens the segment that begins at `base`, made if need be, and cuts off all after the offset `end`. */
  static async open(files: SegmentFiles, base: number, end: number): Promise<SegmentWriter> {
    const isNew = files.bases[files.bases.length - 1] !== base;
    const writer = new SegmentWriter(files, base, await open(files.path(base), isNew ? 'wx+' : 'r+'));
    if (isNew) {
      files.add(base);
      await syncFolder(files.dir);
    }
    await writer.cut(end);
    return writer;
  }

  /** The base of the segment being written. */
  get base(): number {
    return this.#base;
  }

  /** Goes on in a new segment. What was written of the old one is durable. */
  async roll(base: number): Promise<void> {
    const path = this.#files.path(base);
    // A try that failed before anything was written may have left the empty file.
    const file = await open(path, 'w');
    try {
      await syncFolder(this.#files.dir);
    } catch (error) {
      await file.close();
      throw error;
    }
    await this.#file.close();
    this.#file = file;
    this.#base = base;
    this.#files.add(base);
  }

  /** Writes and syncs. When it fails, what of it stands in the file is unknown: `cut` before anything else. */
  async write(buffer: Buffer, length: number, offset: number): Promise<void> {
    await this.put(buffer, length, offset);
    await this.sync();
  }

  /** Writes, for the system to bring to the disk when it likes. */
  async put(buffer: Buffer, length: number, offset: number): Promise<void> {
    await writeFully(this.#file, buffer, length, offset - this.#base);
  }

  sync(): Promise<void> {
    return this.#file.datasync();
  }

  /** Cuts off whatever stands at or after an offset, durably. */
  async cut(offset: number): Promise<void> {
    await this.#file.truncate(offset - this.#base);
    await this.#file.datasync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Makes a new file's name durable. Not every system can; where it can't, names are durable with their files. */
async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
