import type { Logger } from 'pino';
import type { Membership } from './broker.ts';
import type { Inbox } from './inbox.ts';

const EVERY_MS = 200;

/** Commits what is durable, again and again: what is not committed when this ends is delivered once more, which costs time only. */
export class Commits {
  readonly #inbox: Inbox;
  readonly #membership: Pick<Membership, 'commit'>;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #committing: Promise<void> = Promise.resolve();

  constructor(inbox: Inbox, membership: Pick<Membership, 'commit'>, logger: Logger) {
    this.#inbox = inbox;
    this.#membership = membership;
    this.#logger = logger;
    let isBusy = false;
    this.#timer = setInterval(() => {
      if (isBusy) return;
      isBusy = true;
      this.#committing = this.#commit().finally(() => (isBusy = false));
    }, EVERY_MS);
  }

  /** Commits the last of it. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#committing;
    await this.#commit();
  }

  async #commit(): Promise<void> {
    const due = this.#inbox.partitions.flatMap((partition) => {
      const hand = this.#inbox.hand(partition);
      const offset = hand?.toCommit;
      return hand && offset !== undefined ? [{ hand, offset }] : [];
    });
    if (due.length === 0) return;
    try {
      await this.#membership.commit(
        due.map(({ hand, offset }) => ({ topic: hand.topic, partition: hand.partition, offset })),
      );
      for (const { hand, offset } of due) hand.committed(offset);
    } catch (error) {
      this.#logger.debug({ err: error }, 'offsets could not be committed; trying again');
    }
  }
}
