import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { ByteBudget, readBody, readJson } from '../src/index.ts';

const of = (...chunks: (Buffer | string)[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
const LIMITS = { maxCompressed: 10_000, maxInflated: 20_000 };

describe('a body', () => {
  test('is the bytes that were sent, inflated where they are gzip, whatever the header says', async () => {
    const zipped = gzipSync('hello');
    expect((await readBody(of('hel', 'lo'), LIMITS)).toString()).toBe('hello');
    expect((await readBody(of(zipped.subarray(0, 5), zipped.subarray(5)), LIMITS)).toString()).toBe('hello');
    expect((await readBody(of('hello'), { ...LIMITS, encoding: ' GZIP' })).toString()).toBe('hello');
    expect(await readBody(undefined, LIMITS)).toHaveLength(0);
  });

  test('is refused when it is too large as sent, or would be inflated', async () => {
    await expect(readBody(of('x'.repeat(6_000), 'x'.repeat(6_000)), LIMITS)).rejects.toMatchObject({
      code: 'too-large',
    });
    await expect(readBody(of(gzipSync('x'.repeat(20_001))), LIMITS)).rejects.toMatchObject({ code: 'too-large' });
  });

  test('is held against what the process may hold, from before it is inflated until it is let go', async () => {
    const budget = new ByteBudget(10_000);
    const hold = budget.hold();
    const zipped = gzipSync('x'.repeat(5_000));
    await readBody(of('x'.repeat(4_000)), { ...LIMITS, hold });
    await expect(readBody(of(zipped), { ...LIMITS, hold: budget.hold() })).rejects.toMatchObject({ code: 'too-busy' });
    hold.release();
    const roomy = new ByteBudget(30_000);
    const other = roomy.hold();
    await readBody(of(zipped), { ...LIMITS, hold: other });
    expect(roomy.held).toBe(zipped.length + 5_000);
    other.release();
    expect(roomy.held).toBe(0);
  });

  test('that breaks off is unreadable', async () => {
    const broken = new Readable({ read() {} });
    broken.push('half');
    setImmediate(() => broken.destroy(new Error('aborted')));
    await expect(readBody(broken, LIMITS)).rejects.toMatchObject({ code: 'unreadable-body' });
  });
});

describe('a JSON body', () => {
  test('is its value', async () => expect(await readJson(of('{"a":', '1}'))).toEqual({ a: 1 }));
  test.each([
    ['{"a":}', /byte 5 \(line 1\)/],
    ['', /byte 0/],
    [Buffer.from([0x22, 0xff, 0x22]), /UTF-8/],
  ])('%j is refused with the place', async (body, place) => {
    await expect(readJson(of(body))).rejects.toMatchObject({
      code: 'unreadable-body',
      message: expect.stringMatching(place),
    });
  });
});
