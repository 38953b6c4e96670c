import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Delivery, Message } from '../src/kafka/broker.ts';
import { Hand } from '../src/kafka/hand.ts';
import { Inbox } from '../src/kafka/inbox.ts';

const PLACE = { topic: 't', partition: 0 };
const message = (offset: number): Message => ({
  offset: BigInt(offset),
  key: null,
  value: Buffer.from('x'),
  headers: {},
});
/** Offsets of a partition; those left out are not there any more, or never were messages. */
const delivery = (offsets: readonly number[], through = offsets.at(-1)!): Delivery => ({
  ...PLACE,
  messages: offsets.map(message),
  through: BigInt(through),
  end: 1_000n,
});
const ROUND = { messages: 3, bytes: 1 << 20 };
const offsetsOf = (held: readonly { message: Message }[] | undefined) =>
  held?.map(({ message: { offset } }) => Number(offset));

describe('what is in hand of a partition', () => {
  test('is not taken twice when it is delivered again', () => {
    const hand = new Hand(PLACE, 5n, 0n);
    expect(offsetsOf(hand.take(delivery([5, 6, 7])))).toEqual([5, 6, 7]);
    expect(offsetsOf(hand.take(delivery([5, 6, 7, 8])))).toEqual([8]);
    expect(offsetsOf(hand.take(delivery([7, 8])))).toEqual([]);
  });

  test('begins anew when a delivery goes back to before it', () => {
    const hand = new Hand(PLACE, 5n, 0n);
    hand.take(delivery([5, 6]));
    hand.settled(7n);
    expect(hand.take(delivery([0, 1]))).toBeUndefined();
  });

  test('is committed as far as it is durable, and behind what never was a message', () => {
    const hand = new Hand(PLACE, 5n, 0n);
    const [first, second] = hand.take(delivery([5, 7], 9))!;
    hand.settled(first!.after);
    expect(hand.toCommit).toBe(6n);
    hand.settled(second!.after);
    expect(hand.toCommit).toBe(10n);
    hand.committed(10n);
    expect(hand.toCommit).toBeUndefined();
    expect(hand.lag).toBe(990n);
  });
});

describe('the inbox', () => {
  test('forgets what it has of a partition that it loses, and counts its bytes no more', async () => {
    const inbox = new Inbox();
    inbox.assign([PLACE, { topic: 't', partition: 1 }]);
    inbox.put(delivery([1, 2]));
    inbox.put({ ...delivery([7]), partition: 1 });
    inbox.assign([{ topic: 't', partition: 1 }]);
    const entries = await inbox.take(ROUND);
    expect(offsetsOf(entries)).toEqual([7]);
    inbox.letGo(entries);
    expect(inbox.bytes).toBe(0);
    inbox.put(delivery([3]));
    expect(inbox.bytes).toBe(0);
  });

  test('gives nothing more once it is closed, to one who waits either', async () => {
    const inbox = new Inbox();
    inbox.assign([PLACE]);
    const waiting = inbox.take(ROUND);
    inbox.close();
    inbox.put(delivery([1]));
    expect(await waiting).toEqual([]);
    expect(inbox.bytes).toBe(0);
  });

  /**
   * A partition as a broker has it, and a consumer that fetches on from where it is, that is sent back to what was committed by every
   * rebalance, and that may be handed a batch fetched before it.
   */
  test('passes nothing over and commits nothing that is not durable, however deliveries, rebalances and commits fall', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('take' as const) }),
      fc.record({ kind: fc.constant('settle' as const) }),
      fc.record({ kind: fc.constant('commit' as const) }),
      fc.record({ kind: fc.constant('rebalance' as const), keeps: fc.boolean(), late: fc.boolean() }),
      fc.record({ kind: fc.constant('reset' as const) }),
    );
    const holes = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), holes, async (steps, gone) => {
        const there = (from: number, to: number) =>
          Array.from({ length: to - from }, (_, at) => from + at).filter((offset) => !gone.includes(offset));
        const inbox = new Inbox();
        inbox.assign([PLACE]);
        const durable = new Set<number>();
        let position = 0;
        let committed = 0;
        let round: Awaited<ReturnType<Inbox['take']>> = [];
        const deliver = (count: number) => {
          const to = Math.min(position + count, 201);
          const offsets = there(position, to);
          if (offsets.length > 0) inbox.put(delivery(offsets, to - 1));
          position = to;
        };
        for (const one of steps) {
          if (one.kind === 'deliver') deliver(one.count);
          else if (one.kind === 'reset') position = 0;
          else if (one.kind === 'rebalance') {
            if (!one.keeps) inbox.assign([]);
            inbox.assign([PLACE]);
            // What was fetched before comes after, for a partition that was kept.
            if (one.late && one.keeps) deliver(2);
            position = committed;
          } else if (one.kind === 'take' && round.length === 0 && inbox.bytes > 0) round = await inbox.take(ROUND);
          else if (one.kind === 'settle') {
            for (const {
              message: { offset },
              hand,
              after,
            } of round) {
              durable.add(Number(offset));
              hand.settled(after);
            }
            inbox.letGo(round);
            round = [];
          } else if (one.kind === 'commit') {
            const hand = inbox.hand(PLACE);
            const offset = hand?.toCommit;
            if (offset === undefined) continue;
            committed = Number(offset);
            hand!.committed(offset);
            expect(there(0, committed).filter((own) => !durable.has(own))).toEqual([]);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
