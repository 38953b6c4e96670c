import { describe, expect, test } from '@jest/globals';
import { DEFAULT_RULES } from '../src/index.ts';
import { isBankThere, readBank, type Bank } from './bank.ts';
import { World, type Sent } from './world.ts';

function expectKnownAnswers(world: World, { clients, calls, onFile, touchpoints }: Bank): void {
  const customers = new Set(touchpoints.map(({ keys }) => world.customerOf(keys[0]!.key)));
  expect(customers.size).toBe(5369);
  const clientOf = new Map(clients.map((client) => [world.customerOf(client), client]));
  expect(clientOf.size).toBe(5369);

  const owner = ({ phone }: { phone: string }) => clientOf.get(world.customerOf(phone));
  expect(calls).toHaveLength(3999);
  expect(calls.filter((call) => owner(call))).toHaveLength(3999);
  expect(new Set(calls.map(owner)).size).toBe(2615);

  const byPhone = calls.filter((call) => onFile.has(call.phone));
  const byComplaint = calls.filter((call) => !onFile.has(call.phone) && call.complaint);
  const byLearnedPhone = calls.filter((call) => !onFile.has(call.phone) && !call.complaint);
  expect([byPhone.length, byComplaint.length, byLearnedPhone.length]).toEqual([3640, 301, 58]);
  expect(byPhone.every((call) => owner(call) === onFile.get(call.phone))).toBe(true);
  expect(new Set(byComplaint.map(({ phone }) => phone)).size).toBe(301);
  const taught = new Map(byComplaint.map(({ phone, at }) => [phone, at]));
  expect(byLearnedPhone.filter(({ phone, at }) => at < taught.get(phone)!)).toHaveLength(12);
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const result = [...list];
  let state = seed;
  for (let n = result.length - 1; n > 0; n--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = state % (n + 1);
    [result[n], result[other]] = [result[other]!, result[n]!];
  }
  return result;
}

(isBankThere ? describe : describe.skip)('the retail bank’s calls find their customers', () => {
  const bank = isBankThere ? readBank() : undefined!;
  const play = (touchpoints: readonly Sent[]) => {
    const world = new World(DEFAULT_RULES, 100_000);
    for (const touchpoint of touchpoints) world.touch(touchpoint);
    return world;
  };

  test('in the order of the files', () => expectKnownAnswers(play(bank.touchpoints), bank));
  test('calls first, clients last', () => expectKnownAnswers(play([...bank.touchpoints].reverse()), bank));
  test.each([1, 2, 3])('shuffled (%i), every row twice', (seed) => {
    expectKnownAnswers(play(shuffled([...bank.touchpoints, ...bank.touchpoints], seed)), bank);
  });
});
