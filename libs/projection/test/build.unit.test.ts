import { describe, expect, test } from '@jest/globals';
import { Tallying, type Tally } from '@throughline/contracts';
import fc from 'fast-check';
import { Brake, Stopped } from '../src/build/brake.ts';
import { Meter } from '../src/build/meter.ts';
import { blocksOf, Passes, touchpointsOf } from '../src/build/plan.ts';
import { prefixesOf, SHARDS, shardName, shardOf } from '../src/build/shards.ts';

const ALL = Array.from({ length: SHARDS }, (_, shard) => shard);
const NONE = { touchpoints: 0, ids: new Tallying().tally.ids };

describe('shards', () => {
  test('a subject belongs to the shard of its first two digits', () => {
    for (const shard of ALL) expect(shardOf(`${shardName(shard)}${'0'.repeat(30)}`)).toBe(shard);
  });

  test('the prefixes of some shards name the streams of these and of no others', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(SHARDS - 1), { minLength: 1, maxLength: SHARDS }), (shards) => {
        const prefixes = prefixesOf(shards);
        for (const shard of ALL) {
          const named = prefixes.filter((prefix) => `touchpoint-${shardName(shard)}abc`.startsWith(prefix));
          expect(named).toHaveLength(shards.includes(shard) ? 1 : 0);
        }
      }),
    );
    expect(prefixesOf(ALL)).toEqual(['touchpoint-']);
    expect(prefixesOf(ALL.slice(0, 33))).toEqual(['touchpoint-0', 'touchpoint-1', 'touchpoint-20']);
  });
});

describe('the plan of a build', () => {
  const counts = fc.array(fc.nat(100), { minLength: SHARDS, maxLength: SHARDS });
  const tallied = (counts: readonly number[]): ReadonlyMap<number, Tally> =>
    new Map(counts.map((touchpoints, shard) => [shard, { ...NONE, touchpoints }]));

  test('each shard is in one block, no block is in two parts, and none is larger than asked unless it is one shard', () => {
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 1, max: 5_000 }),
        fc.constantFrom(1, 2, 4, 8, 16),
        (counts, size, parts) => {
          const tallies = tallied(counts);
          const blocks = blocksOf(ALL, tallies, size, parts);
          expect(blocks.flat()).toEqual(ALL);
          for (const block of blocks) {
            expect(new Set(block.map((shard) => Math.floor((shard * parts) / SHARDS))).size).toBe(1);
            if (block.length > 1) expect(touchpointsOf(block, tallies)).toBeLessThanOrEqual(size);
          }
        },
      ),
    );
  });

  test('each block is folded once, those given back included', () => {
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4_000 }),
        (counts, workers, heap) => {
          const tallies = tallied(counts);
          const passes = new Passes(blocksOf(ALL, tallies, 500, 1), { tallies, workers, heap, weight: 1 });
          const folded: number[] = [];
          for (let blocks = passes.next(); blocks; blocks = passes.next()) {
            const kept = Math.ceil(blocks.length / 2);
            folded.push(...blocks.slice(0, kept).flat());
            passes.done(blocks.slice(kept), 1);
          }
          expect(folded.sort((a, b) => a - b)).toEqual(ALL);
        },
      ),
    );
  });

  test('with room for everything, each worker reads the log once', () => {
    const tallies = tallied(ALL.map(() => 100));
    const passes = new Passes(blocksOf(ALL, tallies, 500, 1), { tallies, workers: 2, heap: 10 ** 9, weight: 1 });
    const [first, second, none] = [passes.next(), passes.next(), passes.next()];
    expect([first?.flat().length, second?.flat().length, none]).toEqual([130, 126, undefined]);
  });

  test('what a touchpoint turns out to weigh says how much the next pass holds', () => {
    const tallies = tallied(ALL.map(() => 100));
    const passes = new Passes(blocksOf(ALL, tallies, 100, 1), { tallies, workers: 1, heap: 12_800, weight: 1 });
    expect(passes.next()).toHaveLength(128);
    passes.done([], 4);
    expect(passes.next()).toHaveLength(32);
  });

  test('of several weights the heaviest counts, but for the guess before the first', () => {
    const tallies = tallied(ALL.map(() => 100));
    const passes = new Passes(blocksOf(ALL, tallies, 100, 1), { tallies, workers: 1, heap: 12_800, weight: 100 });
    expect(passes.next()).toHaveLength(1);
    passes.done([], 8);
    expect(passes.next()).toHaveLength(16);
    passes.done([], 2);
    expect(passes.next()).toHaveLength(16);
    passes.done([], undefined);
    passes.done([], 0);
    expect(passes.next()).toHaveLength(16);
  });

  test('no pass holds more than there is room for, unless a single block does', () => {
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 9_000 }),
        (counts, workers, heap) => {
          const tallies = tallied(counts);
          const passes = new Passes(blocksOf(ALL, tallies, 500, 1), { tallies, workers, heap, weight: 1 });
          for (let blocks = passes.next(); blocks; blocks = passes.next()) {
            if (blocks.length > 1) expect(touchpointsOf(blocks.flat(), tallies)).toBeLessThanOrEqual(heap);
          }
        },
      ),
    );
  });

  test('what is left after a round of passes is shared out anew, so that the workers end together', () => {
    const tallies = tallied(ALL.map(() => 100));
    const passes = new Passes(blocksOf(ALL, tallies, 100, 1), { tallies, workers: 2, heap: 12_800, weight: 200 });
    const next = () => passes.next()!.length;
    // The guess has room for half a block; what it turns out to weigh has room for all, and each worker takes half of what is left.
    expect([next(), next()]).toEqual([1, 1]);
    passes.done([], 0.1);
    expect([next(), next(), passes.next()]).toEqual([127, 127, undefined]);
  });
});

describe('a brake', () => {
  test('has whoever asks wait while there is to be rest, in other threads too', async () => {
    const brake = new Brake();
    brake.rest();
    let going = false;
    const asked = new Brake(brake.shared).check().then(() => (going = true));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(going).toBe(false);
    brake.goOn();
    await asked;
    expect(going).toBe(true);
  });

  test('once it has stopped, nothing goes on', async () => {
    const brake = new Brake();
    brake.rest();
    const asked = brake.check();
    brake.stop();
    brake.goOn();
    brake.rest();
    await expect(asked).rejects.toBeInstanceOf(Stopped);
    await expect(brake.check()).rejects.toBeInstanceOf(Stopped);
  });
});

describe('progress', () => {
  const rest = { parked: 0, shardsDone: 0, shardsSkipped: 0, resting: false };

  test('counts what runs before folded, and leaves it out of the rate', () => {
    const meter = new Meter();
    meter.take({ touchpoints: 1_000 });
    meter.worked(1);
    expect(meter.progress(rest)).toMatchObject({ stage: 'survey', done: 1_000, of: undefined, rate: 1_000 });
    meter.beginFold(1_000, 400);
    meter.take({ touchpoints: 200 });
    meter.worked(2);
    const { done, of, rate, secondsLeft } = meter.progress(rest);
    expect([done, of, rate]).toEqual([600, 1_000, 100]);
    expect(secondsLeft).toBeGreaterThan(4);
  });

  test('tells how many customers there will be by how far their ids have come', () => {
    const meter = new Meter();
    meter.beginFold(10, 0);
    meter.beginFinish(100);
    for (let digit = 0; digit < 8; digit++) meter.take({ customers: 50, finished: { digit, share: 1 } });
    meter.worked(10);
    expect(meter.progress(rest)).toMatchObject({ stage: 'finish', done: 500, of: 1_000, rate: 40, secondsLeft: 13 });
  });
});

test('ids add up to the same in whatever shards', () => {
  const ids = Array.from({ length: 50 }, (_, n) => Uint32Array.of(n, 2 ** 32 - n, 7 ** n, 2 ** 31 + n));
  const [whole, even, odd] = [new Tallying(), new Tallying(), new Tallying()];
  ids.forEach((id, n) => {
    whole.add(id);
    (n % 2 ? odd : even).add(id);
  });
  odd.join(even.tally);
  expect(odd.tally).toEqual(whole.tally);
});
