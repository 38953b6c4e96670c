import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedViewStore, openViewReader } from '../src/index.ts';
import { readModelContract } from './contract/read-model-contract.ts';

readModelContract('embedded', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'read-model-'));
  return {
    store: async (version = '0'.repeat(16)) => new EmbeddedViewStore({ dir, projection: 'tally', version }),
    reader: async () => openViewReader({ dir, projection: 'tally' }),
    remove: async () => rmSync(dir, { recursive: true, force: true }),
  };
});
