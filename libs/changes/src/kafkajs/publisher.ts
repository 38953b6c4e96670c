/** Changes to Kafka by kafkajs. This folder alone names it. */
import { ThroughlineError, type CustomerChange } from '@throughline/contracts';
import { Kafka, logLevel, Partitioners, type Message, type Producer } from 'kafkajs';
import { cloudEventOf } from '../cloud-event.ts';
import type { ChangePublisher, ChangesPlace } from '../port.ts';

/** Within one call; what fails even so is published again, by a producer that knows nothing of what was before. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 3_000, retries: 5 };
/** All replicas that are in step have it. */
const BY_ALL = -1;
const HEADERS = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

export function kafkajsPublisher(place: ChangesPlace): ChangePublisher {
  return new KafkajsPublisher(place);
}

class KafkajsPublisher implements ChangePublisher {
  readonly #kafka: Kafka;
  readonly #topic: string;
  #producer: Producer | undefined;

  constructor({ brokers, topic, tls, sasl }: ChangesPlace) {
    this.#topic = topic;
    this.#kafka = new Kafka({
      clientId: 'throughline-changes',
      brokers: [...brokers],
      ssl: tls,
      ...(sasl && { sasl: sasl as never }),
      connectionTimeout: 5_000,
      requestTimeout: 30_000,
      retry: RETRY,
      // What it has to say, it throws.
      logLevel: logLevel.NOTHING,
    });
  }

  async publish(changes: readonly CustomerChange[]): Promise<void> {
    try {
      const producer = (this.#producer ??= await this.#connected());
      await producer.send({ topic: this.#topic, acks: BY_ALL, messages: changes.map(messageOf) });
    } catch (error) {
      // Its sequence numbers may no longer be the broker's.
      await this.close();
      throw translated(error);
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  async #connected(): Promise<Producer> {
    const producer = this.#kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }
}

function messageOf(change: CustomerChange): Message {
  return { key: change.customer, value: JSON.stringify(cloudEventOf(change)), headers: HEADERS };
}

/** The kind of error alone: its message may repeat an address. */
function translated(error: unknown): ThroughlineError {
  const { name, type, cause } = error as { name?: string; type?: string; cause?: { name?: string; type?: string } };
  return new ThroughlineError('changes-unpublished', `${cause?.type ?? cause?.name ?? type ?? name ?? 'Unknown'}.`);
}
