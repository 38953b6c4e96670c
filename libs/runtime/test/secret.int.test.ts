import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deploymentSecret } from '../src/secret.ts';

const BUILT = new URL('../dist/secret.js', import.meta.url).href;

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'throughline-secret-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const given = (byte: number) => ({ data, givenKey: () => new Uint8Array(32).fill(byte) });
const none = () => ({ data, givenKey: () => undefined });

describe('the secret of a deployment', () => {
  test('is made once, and is the same for ever', () => {
    const first = deploymentSecret(none());
    expect(first).toHaveLength(32);
    expect(deploymentSecret(none())).toEqual(first);
  });

  test('is for its owner’s eyes only', () => {
    deploymentSecret(none());
    expect(statSync(join(data, 'key')).mode & 0o777).toBe(0o600);
  });

  test('is the one that was given, and is then not written down', () => {
    expect(deploymentSecret(given(1))).toEqual(new Uint8Array(32).fill(1));
    expect(() => readFileSync(join(data, 'key'))).toThrow();
  });

  test('other than the first is refused: it would send every customer’s next touchpoint elsewhere', () => {
    deploymentSecret(given(1));
    expect(() => deploymentSecret(given(2))).toThrow(/THROUGHLINE_KEY/);
    expect(() => deploymentSecret(none())).toThrow(/THROUGHLINE_KEY/);
    expect(deploymentSecret(given(1))).toEqual(new Uint8Array(32).fill(1));
  });

  test('that was damaged on disk is refused, not replaced', () => {
    deploymentSecret(none());
    writeFileSync(join(data, 'key'), 'abcd');
    expect(() => deploymentSecret(none())).toThrow(/at least 32 bytes/);
  });

  test('is one, however many begin at once; not even their process numbers have to differ, as in containers they do not', async () => {
    const threads = 6;
    const folders = Array.from({ length: 60 }, (_, round) => join(data, String(round)));
    const arrived = new SharedArrayBuffer(4 * folders.length);
    // Threads have one process number. They meet before every folder, and then begin together.
    const script = `
      import { workerData, parentPort } from 'node:worker_threads';
      import { deploymentSecret } from ${JSON.stringify(BUILT)};
      const arrived = new Int32Array(workerData.arrived);
      const secrets = workerData.folders.map((data, round) => {
        if (Atomics.add(arrived, round, 1) + 1 === workerData.threads) Atomics.notify(arrived, round);
        for (let seen; (seen = Atomics.load(arrived, round)) < workerData.threads; ) Atomics.wait(arrived, round, seen);
        return Buffer.from(deploymentSecret({ data, givenKey: () => undefined })).toString('hex');
      });
      parentPort.postMessage(secrets);`;
    const url = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
    const workers = Array.from(
      { length: threads },
      () => new Worker(url, { workerData: { arrived, folders, threads } }),
    );
    const answers = await Promise.all(
      workers.map(
        (worker) => new Promise<string[]>((resolve, reject) => worker.once('message', resolve).once('error', reject)),
      ),
    ).finally(() => Promise.all(workers.map((worker) => worker.terminate())));
    for (const [round, folder] of folders.entries()) {
      const kept = readFileSync(join(folder, 'key'), 'utf8').trim();
      expect(new Set(answers.map((secrets) => secrets[round]))).toEqual(new Set([kept]));
    }
  });
});
