import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Receipt } from '../reception.ts';
import type { Broker } from './broker.ts';
import type { KafkaFigures } from './figures.ts';
import type { Entry } from './inbox.ts';

const ATTEMPTS = 3;
const WAIT_MS = 1_000;

export interface DeadLetterParts {
  readonly broker: Pick<Broker, 'send'>;
  readonly topic: string;
  readonly figures: Pick<KafkaFigures, 'uncopied'>;
  readonly logger: Logger;
}

/**
 * Copies what was quarantined to a topic: key, value and headers as they came, and headers that say where they stood and what was
 * wrong. At least once. Quarantine is what keeps it; a topic that cannot be written to holds nothing up.
 */
export function deadLetters({ broker, topic, figures, logger }: DeadLetterParts) {
  return async ({ hand, message }: Entry, { quarantined }: Receipt): Promise<void> => {
    const [first] = quarantined;
    const copy = {
      key: message.key,
      value: message.value,
      headers: {
        ...message.headers,
        'throughline-topic': hand.topic,
        'throughline-partition': String(hand.partition),
        'throughline-offset': String(message.offset),
        'throughline-problem': first!.code,
        'throughline-quarantine-id': first!.quarantineId,
      },
    };
    for (let attempt = 1; ; attempt++) {
      try {
        await broker.send(topic, copy);
        return;
      } catch (error) {
        if (attempt === ATTEMPTS) {
          figures.uncopied();
          logger.error({ err: error, topic }, 'a quarantined message could not be copied to the dead-letter topic');
          return;
        }
        await sleep(WAIT_MS);
      }
    }
  };
}
