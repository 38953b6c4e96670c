/** Where channels are told what a view changed. */
import type { CustomerChange } from '@throughline/contracts';

export interface ChangePublisher {
  /**
   * Resolves once all of them are safe where channels read them; of each customer, in this order.
   *
   * @throws ThroughlineError `changes-unpublished`: any of them may have been published, and all are to be published again.
   */
  publish(changes: readonly CustomerChange[]): Promise<void>;
  close(): Promise<void>;
}

/** Where changes are published. Plain data: it can be handed to a thread. May hold a password. */
export interface ChangesPlace {
  /** `host:port` of Kafka's brokers. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly tls: boolean;
  readonly sasl?: { readonly mechanism: string; readonly username: string; readonly password: string };
}
