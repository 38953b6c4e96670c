/** Random histories of a small company: few people, many things that can happen to them and to their records. */
import {
  CLOCK,
  dayToText,
  IDENTITY_REQUESTS,
  PARKED_CLEARED,
  REFOLD_REQUESTED,
  repairsStream,
  RETRACTED,
  subjectOf,
  touchpointStream,
} from '@throughline/contracts';
import fc from 'fast-check';
import { MemoryLog, newEvent } from './memory-log.ts';

const DAY = 86_400_000;
const PEOPLE = 5;
/** Apart in whatever number of parts. */
export const SUBJECTS = [...'147ad'].map((digit) => digit.repeat(32));
export const FIRST_DAY = 20_000;

const person = fc.nat(PEOPLE - 1);
const uuid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

const happening = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('touchpoint' as const),
      who: person,
      day: fc.nat(12),
      amount: fc.integer({ min: -5, max: 5 }),
      channel: fc.constantFrom('phone', 'web'),
      breaks: fc.option(fc.constantFrom('cells', 'fold', 'view'), { freq: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('anonymous' as const), day: fc.nat(12) }) },
  /** Of the n-th happening, before it or after. */
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('retraction' as const), of: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('move' as const), from: person, to: person, of: fc.array(fc.nat(30)) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('span' as const), from: person, to: person, since: fc.nat(12) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), of: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('decision' as const),
      keys: fc.uniqueArray(person, { minLength: 1 }),
      customer: person,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('tick' as const), day: fc.nat(12) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('refold' as const),
      subjects: fc.uniqueArray(person),
      customers: fc.uniqueArray(person),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('clear' as const), of: fc.nat(30) }) },
);

export type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

export const history = fc.array(happening, { minLength: 1, maxLength: 30, size: 'max' });

/** Writes a history into a log, one event each; a retraction goes to the stream of what it retracts. */
export function logOf(happenings: readonly Happening[]): MemoryLog {
  const log = new MemoryLog();
  const streamOf = (i: number): string => {
    const it = happenings[i];
    return touchpointStream(it?.kind === 'touchpoint' ? SUBJECTS[it.who]! : uuid(i).replaceAll('-', ''));
  };
  happenings.forEach((it, i) => {
    const [stream, event] = written(it, i, streamOf);
    log.put(stream, event, FIRST_DAY * DAY + i);
  });
  return log;
}

function written(it: Happening, i: number, streamOf: (i: number) => string) {
  const at = (day: number) => (FIRST_DAY + day) * DAY;
  const steward = { author: 'ada', reason: 'a test' };
  const span = (since: number) => ({
    from: new Date(at(since)).toISOString(),
    to: new Date(at(since + 3)).toISOString(),
  });
  switch (it.kind) {
    case 'touchpoint': {
      const { amount, breaks, channel } = it;
      const keys = [{ type: 'phone', key: SUBJECTS[it.who]! }];
      const data = { keys, channel, facts: { amount, ...(breaks && { breaks }) } };
      return [streamOf(i), newEvent(uuid(i), 'call.ended', data, at(it.day) + (i % 3))] as const;
    }
    case 'anonymous':
      return [
        streamOf(i),
        newEvent(uuid(i), 'review.posted', { keys: [], channel: 'web', facts: { amount: 1 } }, at(it.day)),
      ] as const;
    case 'retraction':
      return [
        streamOf(it.of),
        newEvent(uuid(i), RETRACTED, { keys: [], facts: { touchpointId: uuid(it.of) } }),
      ] as const;
    case 'move': {
      const data = { ...steward, from: SUBJECTS[it.from]!, to: SUBJECTS[it.to]!, touchpoints: it.of.map(uuid) };
      return [IDENTITY_REQUESTS, newEvent(uuid(i), 'identity.move-requested', data)] as const;
    }
    case 'span': {
      const data = { ...steward, from: SUBJECTS[it.from]!, to: SUBJECTS[it.to]!, span: span(it.since) };
      return [IDENTITY_REQUESTS, newEvent(uuid(i), 'identity.move-requested', data)] as const;
    }
    case 'undo':
      return [
        IDENTITY_REQUESTS,
        newEvent(uuid(i), 'identity.request-undone', { ...steward, requestId: uuid(it.of) }),
      ] as const;
    case 'decision': {
      const keys = it.keys.map((who) => ({ type: 'phone', key: SUBJECTS[who]! }));
      const data = { cause: '', causeId: '', customer: SUBJECTS[it.customer]!, keys };
      return ['identity-v1', newEvent(uuid(i), 'keys.linked', data)] as const;
    }
    case 'refold': {
      const [subjects, customers] = [it.subjects, it.customers].map((people) => people.map((who) => SUBJECTS[who]!));
      return [
        repairsStream('tally'),
        newEvent(uuid(i), REFOLD_REQUESTED, { ...steward, subjects, customers }),
      ] as const;
    }
    case 'clear': {
      const touchpoints = [{ id: uuid(it.of), subject: subjectOf(streamOf(it.of))! }];
      return [repairsStream('tally'), newEvent(uuid(i), PARKED_CLEARED, { ...steward, touchpoints })] as const;
    }
    case 'tick':
      return [CLOCK, newEvent(uuid(i), 'day.closed', { day: dayToText(FIRST_DAY + it.day) })] as const;
  }
}
