import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIdentityReader, openIdentityStore } from '../src/index.ts';
import { identityContract } from './contract/identity-contract.ts';

identityContract('embedded', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'identity-store-'));
  const store = openIdentityStore({ dir });
  const reader = openIdentityReader({ dir });
  return {
    store,
    reader,
    async remove() {
      await reader.close();
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
});
