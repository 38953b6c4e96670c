import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@throughline/contracts';
import type { OpenedReader, VersionShelf, VersionSnapshot } from '../version-shelf.ts';
import { EmbeddedSnapshot } from './embedded-snapshot.ts';
import { EmbeddedViewReader } from './embedded-view-reader.ts';
import { DATA, isWhole } from './sync-mark.ts';
import { currentVersion, versionsIn, viewFolder } from './versions.ts';

const SAID = 'said.json';
/** Of what a file system counts in blocks, bytes. */
const BLOCK = 512;

/** The versions of a projection in a data folder: each is a folder of its own. */
export class EmbeddedVersionShelf implements VersionShelf {
  readonly projection: string;
  readonly #dir: string;

  constructor({ dir, projection }: { dir: string; projection: string }) {
    this.projection = projection;
    this.#dir = dir;
  }

  async list(): Promise<readonly string[]> {
    return versionsIn(this.#dir, this.projection);
  }

  async current(): Promise<string | undefined> {
    return currentVersion(this.#dir, this.projection);
  }

  /** Whoever has a file open keeps it until they close it. */
  async remove(version: string): Promise<void> {
    if (version === currentVersion(this.#dir, this.projection)) return;
    rmSync(this.#folder(version), { recursive: true, force: true });
  }

  async said(version: string): Promise<JsonObject | undefined> {
    const text = orNothing(() => readFileSync(this.#file(version, SAID), 'utf8'));
    return text === undefined ? undefined : (JSON.parse(text) as JsonObject);
  }

  async say(version: string, what: JsonObject): Promise<void> {
    const draft = this.#file(version, `${SAID}.${process.pid}.draft`);
    orNothing(() => {
      writeFileSync(draft, JSON.stringify(what));
      renameSync(draft, this.#file(version, SAID));
    });
  }

  async bytes(version: string): Promise<number | undefined> {
    const file = orNothing(() => statSync(this.#file(version, DATA)));
    return file && file.blocks * BLOCK;
  }

  async open(version: string): Promise<OpenedReader | undefined> {
    if (!this.#isThere(version)) return undefined;
    const reader = new EmbeddedViewReader(this.#folder(version), this.projection, version);
    return { reader, close: () => reader.close() };
  }

  async snapshot(version: string): Promise<VersionSnapshot | undefined> {
    if (!this.#isThere(version)) return undefined;
    return new EmbeddedSnapshot(this.#folder(version), this.projection, version);
  }

  async close(): Promise<void> {}

  #isThere(version: string): boolean {
    return existsSync(this.#file(version, DATA)) && isWhole(this.#folder(version));
  }

  #folder(version: string): string {
    return viewFolder({ dir: this.#dir, projection: this.projection, version });
  }

  #file(version: string, name: string): string {
    return join(this.#folder(version), name);
  }
}

/** Undefined where the file is not there, or its folder. */
function orNothing<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
