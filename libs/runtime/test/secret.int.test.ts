import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deploymentSecret } from '../src/secret.ts';

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
});
