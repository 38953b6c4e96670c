import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { touchpointId, type TouchpointInput } from '@throughline/contracts';
import type { RecordedEvent } from '@throughline/event-log';
import { canTest, missingKafka } from '../../../infra/engines/index.mjs';
import { touchpoint } from './intake.ts';
import { ownLog, replica, settingsFor, startBroker, until, type TestBroker } from './support/kafka.ts';

const suite = canTest('Kafka intake', missingKafka()) ? describe : describe.skip;

/** A message as a channel would send it, keyed by its customer. */
const message = (input: TouchpointInput) => ({
  key: input.data.identifiers?.[0]?.value ?? null,
  value: JSON.stringify(input),
});

/** Touchpoints of a few customers, in turn; each says the how-manieth of its customer it is. */
function conversation(name: string, customers: number, each: number): TouchpointInput[] {
  return Array.from({ length: customers * each }, (_, at) =>
    touchpoint(
      { id: `${name}-${at}` },
      {
        identifiers: [{ type: 'customer', value: `${name}-${at % customers}` }],
        facts: { orderId: `${name}-${at}`, turn: Math.floor(at / customers) },
      },
    ),
  );
}

const idOf = ({ source, id }: TouchpointInput) => touchpointId(source, id);
const turns = (events: readonly RecordedEvent[]) => {
  const bySubject = new Map<string, number[]>();
  for (const { stream, data } of events) {
    const own = bySubject.get(stream) ?? [];
    bySubject.set(stream, own);
    own.push((data['facts'] as { turn: number }).turn);
  }
  return [...bySubject.values()];
};
const inOrder = (numbers: readonly number[]) => numbers.every((turn, at) => turn === at);

suite('Kafka intake', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker?.stop());

  test('brings all that was produced into the log, once, in the order of each customer, and commits it', async () => {
    const topic = await broker.topic();
    const sent = conversation('plain', 7, 100);
    await broker.produce(topic, sent.map(message));
    const own = await ownLog();
    const settings = settingsFor(broker, topic);
    const intake = replica(settings, own.log);
    await until(() => own.log.stats().events >= sent.length);
    await intake.stop();

    const events = await own.events('touchpoint-');
    expect(events.map(({ id }) => id).sort()).toEqual(sent.map(idOf).sort());
    expect(turns(events)).toHaveLength(7);
    expect(turns(events).every(inOrder)).toBe(true);
    expect(events[0]!.metadata['origin']).toEqual({
      topic,
      partition: expect.any(Number),
      offset: expect.stringMatching(/^\d+$/),
    });
    const committed = await broker.committed(settings.group, topic);
    expect(committed.reduce((sum, offset) => sum + offset, 0)).toBe(sent.length);
    await own.close();
  });
});
