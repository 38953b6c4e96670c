import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideShare, type Sight } from '../src/ownership/decide-share.ts';
import { REPLICAS, SharedParts, type Turn } from './shared-parts.ts';

const parts = fc.constantFrom(1, 2, 4, 8, 16);
const replica = fc.constantFrom(...REPLICAS);

const sight: fc.Arbitrary<Sight> = fc
  .record({
    me: replica,
    living: fc.uniqueArray(replica),
    owners: parts.chain((of) => fc.array(fc.option(replica, { nil: undefined }), { minLength: of, maxLength: of })),
    runs: fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
    mayTakeFromAbsent: fc.boolean(),
  })
  .map(({ runs, living: others, ...seen }) => {
    const living = [...new Set([seen.me, ...others])];
    const running = seen.owners.flatMap((owner, index) => (owner === seen.me && runs[index] ? [index] : []));
    return { ...seen, living, running: new Set(running) };
  });

/** Everybody who is there has one turn, in some order, each seeing the parts as they are, or as they were before the round. */
const round: fc.Arbitrary<readonly Turn[]> = fc
  .record({
    order: fc.shuffledSubarray([...REPLICAS], { minLength: REPLICAS.length }),
    late: fc.array(fc.boolean(), { minLength: REPLICAS.length, maxLength: REPLICAS.length }),
  })
  .map(({ order, late }) => order.map((name, i) => ({ name, isLate: late[i]! })));

const happening = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('start' as const), name: replica }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), name: replica }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const), name: replica }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume' as const), name: replica }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('round' as const), turns: round }) },
);

describe('a replica that shares parts with others', () => {
  test('claims only what nobody owns, what is its own and does not run, and what was of one who is gone', () => {
    fc.assert(
      fc.property(sight, (seen) => {
        const { me, living, owners, running, mayTakeFromAbsent } = seen;
        const { claim, release } = decideShare(seen);
        for (const index of claim) {
          const owner = owners[index];
          if (owner === undefined) continue;
          if (owner === me) expect(running.has(index)).toBe(false);
          else
            expect({ isAlive: living.includes(owner), mayTakeFromAbsent }).toEqual({
              isAlive: false,
              mayTakeFromAbsent: true,
            });
        }
        for (const index of release) expect(owners[index]).toBe(me);
        expect(new Set([...claim, ...release]).size).toBe(claim.length + release.length);
      }),
    );
  });

  test('gives up no part that runs while it has one that does not', () => {
    fc.assert(
      fc.property(sight, (seen) => {
        const { claim, release } = decideShare(seen);
        const isOwn = (index: number) => seen.owners[index] === seen.me;
        if (release.some((index) => seen.running.has(index))) expect(claim.filter(isOwn)).toEqual([]);
      }),
    );
  });

  test('claims and releases nothing where all is shared out already', () => {
    const shared = fc.record({
      of: parts,
      living: fc.uniqueArray(replica, { minLength: 1 }),
      mayTakeFromAbsent: fc.boolean(),
    });
    fc.assert(
      fc.property(shared, ({ of, living, mayTakeFromAbsent }) => {
        const owners = Array.from({ length: of }, (_, index) => living[index % living.length]);
        for (const me of living) {
          const running = new Set(owners.flatMap((owner, index) => (owner === me ? [index] : [])));
          const moves = decideShare({ me, living, owners, running, mayTakeFromAbsent });
          expect(moves).toEqual({ claim: [], release: [] });
        }
      }),
    );
  });

  test('has its fair part of them soon, whoever came, left, stalled or was forgotten, and then nothing moves', () => {
    fc.assert(
      fc.property(
        parts,
        fc.array(happening, { maxLength: 40, size: 'max' }),
        fc.infiniteStream(round),
        (of, happenings, rounds) => {
          const shared = new SharedParts(of);
          for (const it of happenings) {
            if (it.kind === 'round') shared.round(it.turns);
            else if (it.kind === 'forget') shared.forget();
            else shared[it.kind](it.name);
          }
          const turns = () => rounds.next().value as readonly Turn[];
          for (let i = 0; i < SharedParts.SETTLED_AFTER; i++) shared.round(turns());
          if (shared.working.length === 0) return;
          expect(
            shared.owners.every((owner, part) => shared.working.includes(owner!) && shared.runs(owner!, part)),
          ).toBe(true);
          const counts = shared.working.map((name) => shared.owners.filter((owner) => owner === name).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(2);
          const { moves } = shared;
          for (let i = 0; i < SharedParts.SETTLED_AFTER; i++) shared.round(turns());
          expect(shared.moves).toBe(moves);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
