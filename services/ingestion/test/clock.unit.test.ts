import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { occurred } from '../src/clock.ts';

const example = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../../shared/data/segment_spec/track_example.json',
);
const hasExample = existsSync(example);
if (!hasExample) console.warn(`Skipped, for want of ${example}: Segment's tracking example.`);

const NOW = Date.parse('2024-05-01T12:00:00Z');
const iso = (offset: number) => new Date(NOW + offset).toISOString();

describe('when a touchpoint happened', () => {
  (hasExample ? test : test.skip)('holds to the millisecond for the four times of Segment’s specification', () => {
    const call = JSON.parse(readFileSync(example, 'utf8')) as Record<
      'originalTimestamp' | 'sentAt' | 'receivedAt' | 'timestamp',
      string
    >;
    const { at } = occurred({ time: call.originalTimestamp, sentat: call.sentAt }, Date.parse(call.receivedAt));
    expect(new Date(at).toISOString()).toBe(call.timestamp);
  });

  test('is what the sender says, where it does not say when it sent', () => {
    expect(occurred({ time: iso(-60_000) }, NOW)).toEqual({
      at: NOW - 60_000,
      moved: false,
      corrected: false,
      future: false,
    });
  });

  test('is set right by a clock an hour fast, and says so', () => {
    const sent = occurred({ time: iso(3_590_000), sentat: iso(3_600_000) }, NOW);
    expect(sent).toEqual({ at: NOW - 10_000, moved: true, corrected: true, future: false });
  });

  test('moves by a network’s delay without a word', () => {
    expect(occurred({ time: iso(-10_000), sentat: iso(-150) }, NOW)).toEqual({
      at: NOW - 9_850,
      moved: true,
      corrected: false,
      future: false,
    });
  });

  test.each([
    [299_999, false],
    [300_000, false],
    [300_001, true],
  ])('%i ms ahead, is in the future: %s, and is not rewritten', (ahead, future) => {
    expect(occurred({ time: iso(ahead) }, NOW)).toMatchObject({ at: NOW + ahead, future });
  });
});
