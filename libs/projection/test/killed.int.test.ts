import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { fill } from './fill.ts';
import { inFolder } from './run.ts';

const SCRIPT = fileURLToPath(new URL('./killed.mjs', import.meta.url));
const dump = (dir: string) => execFileSync(process.execPath, [SCRIPT, 'dump', dir], { encoding: 'utf8' });

test('a projection killed again and again shows in the end what one that never was shows', async () => {
  await inFolder(async (dir) => {
    const [killed, undisturbed] = [join(dir, 'killed'), join(dir, 'undisturbed')];
    await fill(killed);
    cpSync(killed, undisturbed, { recursive: true });
    execFileSync(process.execPath, [SCRIPT, 'run', undisturbed]);

    let deaths = 0;
    for (let reports = 1; ; reports += 2) {
      const child = spawn(process.execPath, [SCRIPT, 'run', killed], { stdio: ['ignore', 'pipe', 'inherit'] });
      let left = reports;
      child.stdout.on('data', (text: Buffer) => {
        left -= text.toString().split('\n').length - 1;
        if (left <= 0) child.kill('SIGKILL');
      });
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code === 0) break;
      expect(code).toBeNull();
      deaths++;
    }
    expect(deaths).toBeGreaterThan(2);
    expect(JSON.parse(dump(killed))).toEqual(JSON.parse(dump(undisturbed)));
  });
});
