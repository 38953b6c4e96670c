import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { Listener, Membership, TopicPartition } from '../broker.ts';
import { RETRY } from './retry.ts';

/** How often topics are looked for that have come or gone. */
const TOPICS_EVERY_MS = 10_000;
/** The same while there is none. */
const TOPICS_SOON_MS = 500;
const BACK_OFF_MS = { first: 250, most: 10_000 };
/** How long an idle fetch waits: as long as it may take until a paused partition is asked for again. */
const MOST_WAIT_MS = 200;
const FETCH_BYTES = 8 << 20;
const PARTITION_BYTES = 2 << 20;
const METADATA_MS = 30_000;

export interface MembershipParts {
  readonly kafka: Kafka;
  /** The topics that are wanted and there, in order. */
  readonly look: () => Promise<readonly string[]>;
  readonly group: string;
  /** How long a member may be silent before its partitions are given to others. */
  readonly sessionMs: number;
  readonly listener: Listener;
  readonly logger: Logger;
}

/**
 * One consumer after another:
 *
 *   look for topics ──▶ consume ──(crashed, or there are other topics)──▶ wait ──▶ look for topics ──▶ …
 *
 * kafkajs fixes its topics when a consumer starts and gives up for good on errors it does not know, so neither is left to it.
 */
export class KafkajsMembership implements Membership {
  readonly #parts: MembershipParts;
  readonly #left = new AbortController();
  readonly #running: Promise<void>;
  /** The consumer that has joined, and what it has. */
  #consumer: Consumer | undefined;
  #assigned: Readonly<Record<string, readonly number[]>> = {};
  #isPaused = false;
  #wait = BACK_OFF_MS.first;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.#running = this.#run();
  }

  pause(): void {
    this.#isPaused = true;
    this.#tellPaused();
  }

  resume(): void {
    this.#isPaused = false;
    this.#tellPaused();
  }

  async commit(offsets: readonly (TopicPartition & { readonly offset: bigint })[]): Promise<void> {
    if (!this.#consumer) throw new Error('Not connected.');
    await this.#consumer.commitOffsets(
      offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
    );
  }

  async leave(): Promise<void> {
    this.#left.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { look, logger } = this.#parts;
    while (!this.#left.signal.aborted) {
      try {
        const topics = await look();
        if (topics.length > 0) await this.#consume(topics);
        else await this.#idle(TOPICS_SOON_MS);
      } catch (error) {
        logger.warn({ err: error, retryMs: this.#wait }, 'no connection to Kafka; trying again');
        await this.#idle(this.#wait);
        this.#wait = Math.min(2 * this.#wait, BACK_OFF_MS.most);
      }
    }
  }

  /** Resolves when this is left or there are other topics; rejects when the consumer crashed. */
  async #consume(topics: readonly string[]): Promise<void> {
    const { kafka, group, sessionMs, logger } = this.#parts;
    const consumer = kafka.consumer({
      groupId: group,
      allowAutoTopicCreation: false,
      sessionTimeout: sessionMs,
      heartbeatInterval: Math.round(sessionMs / 5),
      maxWaitTimeInMs: MOST_WAIT_MS,
      maxBytes: FETCH_BYTES,
      maxBytesPerPartition: PARTITION_BYTES,
      metadataMaxAge: METADATA_MS,
      retry: { ...RETRY, restartOnFailure: () => Promise.resolve(false) },
    });
    const crashed = new Promise<never>((_, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    });
    crashed.catch(() => undefined);
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.#joined(consumer, payload.memberAssignment));
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.#take(payload),
      });
      while (await Promise.race([crashed, this.#sameTopics(topics)]));
    } finally {
      this.#consumer = undefined;
      this.#assign({});
      await consumer.disconnect().catch((error: unknown) => logger.debug({ err: error }, 'Kafka was left uncleanly'));
    }
  }

  #joined(consumer: Consumer, assigned: Readonly<Record<string, readonly number[]>>): void {
    this.#wait = BACK_OFF_MS.first;
    this.#consumer = consumer;
    this.#parts.logger.info({ partitions: assigned }, 'joined the group of Kafka consumers');
    this.#assign(assigned);
    this.#tellPaused();
  }

  #assign(assigned: Readonly<Record<string, readonly number[]>>): void {
    this.#assigned = assigned;
    this.#parts.listener.assigned(
      Object.entries(assigned).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition }))),
    );
  }

  /** Hands the batch over and asks for the next; what of it is consumed is told by `commit`. Never throws, and never waits. */
  #take({ batch, resolveOffset }: EachBatchPayload): Promise<void> {
    const { topic, partition } = batch;
    // One that was fetched before a rebalance may come after it.
    if (!this.#assigned[topic]?.includes(partition)) return Promise.resolve();
    this.#parts.listener.delivered({
      topic,
      partition,
      messages: batch.messages.map(({ offset, key, value, headers }) => ({
        offset: BigInt(offset),
        key,
        value,
        headers: headers ?? {},
      })),
      through: BigInt(batch.lastOffset()),
      end: BigInt(batch.highWatermark),
    });
    resolveOffset(batch.lastOffset());
    return Promise.resolve();
  }

  /** After a while, whether this goes on with the topics it has. */
  async #sameTopics(topics: readonly string[]): Promise<boolean> {
    await this.#idle(TOPICS_EVERY_MS);
    if (this.#left.signal.aborted) return false;
    const { look, logger } = this.#parts;
    const now = await look().catch(() => topics);
    if (now.join() === topics.join()) return true;
    logger.info({ topics: now }, 'Kafka has other topics now; joining anew');
    return false;
  }

  #tellPaused(): void {
    const topics = Object.keys(this.#assigned).map((topic) => ({ topic }));
    try {
      if (this.#isPaused) this.#consumer?.pause(topics);
      else this.#consumer?.resume(topics);
    } catch (error) {
      // It is about to crash or to end; the next one is told when it has joined.
      this.#parts.logger.debug({ err: error }, 'Kafka could not be told to pause or resume');
    }
  }

  async #idle(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#left.signal }).catch(() => undefined);
  }
}
