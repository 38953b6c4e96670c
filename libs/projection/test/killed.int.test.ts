import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { touchpointStream, uuidv5, NAMESPACE, type JsonObject } from '@throughline/contracts';
import { openLog, type Append } from '@throughline/event-log';
import { inFolder } from './run.ts';

const SCRIPT = fileURLToPath(new URL('./killed.mjs', import.meta.url));
const EVENTS = 3_000;
const SUBJECTS = 150;

/** Touchpoints of many subjects, some retracted, some keys linked as it goes. */
async function fill(dir: string): Promise<void> {
  const log = await openLog({ dir: join(dir, 'log') });
  const revisions = new Map<string, number>();
  const appends: Append[] = [];
  const add = (stream: string, type: string, data: JsonObject) => {
    const expectedRevision = revisions.get(stream) ?? -1;
    revisions.set(stream, expectedRevision + 1);
    const id = uuidv5(NAMESPACE.control, `${appends.length}`);
    appends.push({ stream, expectedRevision, events: [{ id, type, occurredAt: appends.length, data, metadata: {} }] });
    return id;
  };
  for (let i = 0; i < EVENTS; i++) {
    const subject = ((i * 7919) % SUBJECTS).toString(16).padStart(32, '0');
    const keys = [{ type: 'email', key: subject }];
    const stream = touchpointStream(subject);
    const id = add(stream, 'call.ended', { keys, channel: i % 2 ? 'phone' : 'web', facts: { amount: i % 13 } });
    if (i % 50 === 0) add(stream, 'touchpoint.retracted', { keys: [], facts: { touchpointId: id } });
    if (i % 40 === 0) {
      const customer = (i % 10).toString(16).padStart(32, '0');
      add('identity-v1', 'keys.linked', { cause: '', causeId: id, customer, keys });
    }
  }
  for (let i = 0; i < appends.length; i += 500) await log.append(appends.slice(i, i + 500));
  await log.close();
}

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
