import type { EventStoreLog, LogReader, LogWriter } from '@throughline/event-log';
import { isWanted, type KafkaSettings, type Tracing } from '@throughline/runtime';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { Appender } from '../appender.ts';
import { IntakeFigures } from '../figures.ts';
import { KeyRing } from '../key-ring.ts';
import { Reception } from '../reception.ts';
import { deadLetters } from './dead-letters.ts';
import { KafkaFigures } from './figures.ts';
import { Inbox } from './inbox.ts';
import { KafkaIntake } from './intake.ts';
import { kafkajsBroker } from './kafkajs/broker.ts';
import { Standings } from './standings.ts';

export interface KafkaIntakeOptions {
  readonly settings: KafkaSettings;
  /** `caughtUp` of one that is read from a copy. */
  readonly log: LogReader & LogWriter & Partial<Pick<EventStoreLog, 'caughtUp'>>;
  /** Under which identifiers become keys. */
  readonly secret: Uint8Array;
  /** What a phone number without a country is read in. */
  readonly phoneRegion: string;
  readonly metrics: Registry;
  readonly logger: Logger;
  readonly tracing?: Tracing | undefined;
  /** Bytes in hand at which no more is asked for; one fetch may come on top. 32 MiB unless told. */
  readonly mostBytes?: number;
  /** How long a replica may be silent before its partitions are given to others. 10 s unless told. */
  readonly sessionMs?: number;
}

const MOST_BYTES = 32 << 20;
const SESSION_MS = 10_000;

/**
 * Takes touchpoints in from Kafka until it is stopped. A broker or a log that is away is waited for; starting does not wait for them.
 * Offsets are committed only below the lowest message of a partition that is not durable.
 */
export function startKafkaIntake(options: KafkaIntakeOptions): { stop(): Promise<void> } {
  const { settings, log, secret, phoneRegion, metrics, logger, tracing } = options;
  const { group, deadLetterTopic } = settings;
  const broker = kafkajsBroker(settings, options.sessionMs ?? SESSION_MS, logger);
  const inbox = new Inbox();
  const standings = new Standings(inbox, broker, group);
  const figures = new KafkaFigures(metrics, {
    lags: () => standings.lags(),
    bytes: () => inbox.bytes,
    isPaused: () => intake.isPaused,
  });
  const intake: KafkaIntake = new KafkaIntake({
    broker,
    group,
    wants: (topic) => isWanted(settings.topics, topic),
    inbox,
    reception: new Reception(new Appender(log), new KeyRing(secret, phoneRegion), { logger, tracing }),
    caughtUp: async () => log.caughtUp?.(),
    touchpoints: new IntakeFigures(metrics),
    figures,
    onRefused: deadLetterTopic
      ? deadLetters({ broker, topic: deadLetterTopic, figures, logger })
      : () => Promise.resolve(),
    logger,
    mostBytes: options.mostBytes ?? MOST_BYTES,
  });
  return {
    async stop() {
      standings.stop();
      await intake.stop();
      await broker.close();
    },
  };
}
