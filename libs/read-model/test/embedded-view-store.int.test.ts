import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedViewStore, openVersionShelfAt, openViewReader } from '../src/index.ts';
import { readModelContract } from './contract/read-model-contract.ts';
import { versionsContract } from './contract/versions-contract.ts';

for (const contract of [readModelContract, versionsContract]) {
  contract('embedded', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'read-model-'));
    return {
      store: async (version = '0'.repeat(16), more = {}) =>
        new EmbeddedViewStore({ dir, projection: 'tally', version, ...more }),
      shelf: () => openVersionShelfAt({ engine: 'embedded', dir }, 'tally'),
      reader: async () => openViewReader({ dir, projection: 'tally' }),
      remove: async () => rmSync(dir, { recursive: true, force: true }),
    };
  });
}
