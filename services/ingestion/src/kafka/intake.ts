/**
 * Takes messages in, in rounds:
 *
 *   delivered ──▶ inbox ──▶ judged and enriched ──▶ durable ──▶ committed
 *                   │                                  │
 *                   └─ too much in hand: pause         └─ the log is away: pause, then the same round again
 *
 * Partitions that come from another replica bring what that one has just written: it is known before anything more is written.
 *
 * While one round becomes durable the next is judged. A round is offered to the log only when the one before it is durable, so a
 * partition's events keep their order whatever fails. What is not durable when this ends is delivered again, to whoever has the
 * partition then; the log knows what it has.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { problemCode, type ProblemCode } from '@throughline/contracts';
import type { Logger } from 'pino';
import type { IntakeFigures } from '../figures.ts';
import type { Parcel } from '../parcel.ts';
import type { Prepared, Receipt, Reception } from '../reception.ts';
import type { Broker, Delivery, Listener, Membership, TopicPartition } from './broker.ts';
import { Commits } from './commits.ts';
import type { KafkaFigures } from './figures.ts';
import { Inbox, type Entry } from './inbox.ts';
import { readMessage } from './read-message.ts';
import { tiesOf } from './sender.ts';

export interface IntakeParts {
  readonly broker: Broker;
  readonly group: string;
  readonly wants: (topic: string) => boolean;
  readonly inbox: Inbox;
  readonly reception: Pick<Reception, 'prepare' | 'settle' | 'refuse'>;
  /** Resolves once all ids are known that anybody had appended when it was called. */
  readonly caughtUp: () => Promise<void>;
  readonly touchpoints: IntakeFigures;
  readonly figures: KafkaFigures;
  /** Told of a message of which something was quarantined, before it is committed. */
  readonly onRefused: (entry: Entry, receipt: Receipt) => Promise<void>;
  readonly logger: Logger;
  /** Bytes in hand at which no more is asked for; one fetch may come on top. */
  readonly mostBytes: number;
}

/** Those of a round that hold something, and their parcels, one for one. */
interface Round {
  readonly entries: readonly Entry[];
  readonly full: readonly Entry[];
  readonly prepared: Prepared;
}

const ROUND = { messages: 2_000, bytes: 4 << 20 };
const BACK_OFF_MS = { first: 50, most: 5_000 };
/** How long a stop waits for a log that is away. */
const GRACE_MS = 5_000;
/** What the log says of an event that it will never take. */
const HOPELESS: ReadonlySet<ProblemCode | undefined> = new Set(['too-large', 'invalid-request']);

export class KafkaIntake implements Listener {
  readonly #parts: IntakeParts;
  readonly #inbox: Inbox;
  readonly #giveUp = new AbortController();
  readonly #membership: Membership;
  readonly #commits: Commits;
  readonly #running: Promise<void>;
  #isPaused = false;
  #isLogAway = false;
  /** Whether partitions have come since the log was last caught up with. */
  #isTakingOver = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#inbox = parts.inbox;
    this.#membership = parts.broker.join(parts.group, parts.wants, this);
    this.#commits = new Commits(this.#inbox, this.#membership, parts.logger);
    this.#running = this.#run();
  }

  /** Takes no more, lets what is being made durable become so, commits it, and leaves the group. */
  async stop(): Promise<void> {
    this.#inbox.close();
    const grace = setTimeout(() => this.#giveUp.abort(), GRACE_MS);
    await this.#running;
    clearTimeout(grace);
    await this.#commits.stop();
    await this.#membership.leave();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  assigned(partitions: readonly TopicPartition[]): void {
    this.#inbox.assign(partitions);
    this.#isTakingOver = true;
    this.#mind();
  }

  delivered(delivery: Delivery): void {
    this.#inbox.put(delivery);
    this.#mind();
  }

  async #run(): Promise<void> {
    let settling = Promise.resolve();
    for (;;) {
      const entries = await this.#inbox.take(ROUND);
      if (entries.length === 0) break;
      const round = await this.#prepare(entries);
      await settling;
      if (this.#giveUp.signal.aborted) break;
      settling = this.#settle(round);
    }
    await settling;
  }

  async #prepare(entries: readonly Entry[]): Promise<Round> {
    const full: Entry[] = [];
    const parcels: Parcel[] = [];
    for (const entry of entries) {
      const decoded = readMessage(entry.message);
      if (!decoded) {
        this.#parts.figures.count(entry.hand.topic, 'tombstone');
        continue;
      }
      const { topic, partition } = entry.hand;
      const place = { topic, partition, offset: String(entry.message.offset) };
      full.push(entry);
      parcels.push({ decoded, place, origin: { via: 'kafka', ...place }, ...tiesOf(entry.hand, entry.message) });
    }
    return { entries, full, prepared: await this.#parts.reception.prepare(parcels) };
  }

  /** Never rejects. Leaves the round undone only when this is given up. */
  async #settle({ entries, full, prepared }: Round): Promise<void> {
    const receipts = await this.#untilDurable(prepared);
    if (!receipts) return;
    await Promise.all(
      receipts.map(async (receipt, n) => {
        const isRefused = receipt.quarantined.length > 0;
        this.#parts.touchpoints.count(receipt);
        this.#parts.figures.count(full[n]!.hand.topic, isRefused ? 'quarantined' : 'taken');
        if (isRefused) await this.#parts.onRefused(full[n]!, receipt);
      }),
    );
    for (const { hand, after } of entries) hand.settled(after);
    this.#inbox.letGo(entries);
    this.#mind();
  }

  /** Undefined when it was given up before. */
  async #untilDurable(prepared: Prepared, isLastResort = false): Promise<readonly Receipt[] | undefined> {
    for (let wait = BACK_OFF_MS.first; ; wait = Math.min(2 * wait, BACK_OFF_MS.most)) {
      try {
        await this.#takeOver();
        const receipts = await this.#parts.reception.settle(prepared);
        this.#noteLog(false);
        return receipts;
      } catch (error) {
        if (HOPELESS.has(problemCode(error)) && !isLastResort) return await this.#oneByOne(prepared, error);
        this.#noteLog(true, error);
      }
      await sleep(wait, undefined, { signal: this.#giveUp.signal }).catch(() => undefined);
      if (this.#giveUp.signal.aborted) return undefined;
    }
  }

  /** Of a touchpoint that was sent again with other identifiers no stream's revision tells that it is there: its id has to. */
  async #takeOver(): Promise<void> {
    while (this.#isTakingOver) {
      this.#isTakingOver = false;
      try {
        await this.#parts.caughtUp();
      } catch (error) {
        this.#isTakingOver = true;
        throw error;
      }
    }
  }

  /** Finds the parcel that the log will never take, and quarantines it. */
  async #oneByOne(prepared: Prepared, error: unknown): Promise<readonly Receipt[] | undefined> {
    if (prepared.parcels.length === 1) {
      const code = problemCode(error)!;
      return await this.#untilDurable(this.#parts.reception.refuse(prepared, code), true);
    }
    const receipts: Receipt[] = [];
    for (const parcel of prepared.parcels) {
      const own = await this.#untilDurable({ ...prepared, parcels: [parcel] });
      if (!own) return undefined;
      receipts.push(...own);
    }
    return receipts;
  }

  #noteLog(isAway: boolean, error?: unknown): void {
    if (isAway === this.#isLogAway) return;
    this.#isLogAway = isAway;
    if (isAway) this.#parts.logger.warn({ err: error }, 'the log takes nothing; intake from Kafka waits for it');
    else this.#parts.logger.info('the log takes events again; intake from Kafka goes on');
    this.#mind();
  }

  /** Pauses when too much is in hand or the log is away; goes on when half of it is gone. */
  #mind(): void {
    const { mostBytes } = this.#parts;
    const isFull = this.#inbox.bytes >= (this.#isPaused ? mostBytes / 2 : mostBytes);
    const pauses = isFull || this.#isLogAway;
    if (pauses === this.#isPaused) return;
    this.#isPaused = pauses;
    if (pauses) this.#membership.pause();
    else this.#membership.resume();
  }
}
