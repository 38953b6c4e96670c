import { readGauge, readGauges } from '@throughline/runtime';
import { Counter, type Registry } from 'prom-client';
import type { TopicPartition } from './broker.ts';

/** A partition and how far behind it is. */
interface Lagging extends TopicPartition {
  readonly lag: bigint;
}

export interface Watched {
  /** Of this replica. */
  readonly lags: () => Iterable<Lagging>;
  readonly bytes: () => number;
  readonly isPaused: () => boolean;
}

/** What operators watch of Kafka intake. */
export class KafkaFigures {
  readonly #messages: Counter<'topic' | 'outcome'>;
  readonly #uncopied: Counter;

  constructor(registry: Registry, { lags, bytes, isPaused }: Watched) {
    const registers = [registry];
    this.#messages = new Counter({
      name: 'throughline_kafka_messages_total',
      help: 'Messages read from Kafka: taken, quarantined (something in it was), tombstone.',
      labelNames: ['topic', 'outcome'],
      registers,
    });
    this.#uncopied = new Counter({
      name: 'throughline_kafka_dead_letters_uncopied_total',
      help: 'Quarantined messages that could not be copied to the dead-letter topic.',
      registers,
    });
    const lag = {
      name: 'throughline_kafka_lag',
      help: 'Offsets of a partition that are not yet durable, for the partitions of this replica.',
      labelNames: ['topic', 'partition'] as const,
    };
    readGauges(registry, lag, () =>
      Array.from(lags(), ({ topic, partition, lag: behind }) => [{ topic, partition }, Number(behind)] as const),
    );
    readGauge(registry, 'throughline_kafka_in_hand_bytes', 'Bytes delivered by Kafka and not yet durable', bytes);
    readGauge(
      registry,
      'throughline_kafka_paused',
      '1 while no more is asked for, since too much is in hand or the log is away',
      () => (isPaused() ? 1 : 0),
    );
  }

  count(topic: string, outcome: 'taken' | 'quarantined' | 'tombstone'): void {
    this.#messages.inc({ topic, outcome });
  }

  uncopied(): void {
    this.#uncopied.inc();
  }
}
