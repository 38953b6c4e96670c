import { kafkajsPublisher } from './kafkajs/publisher.ts';
import type { ChangePublisher, ChangesPlace } from './port.ts';

/** Opens a publisher. It connects when it first has something to publish, so a broker that is away holds nothing up. */
export function openChangePublisher(place: ChangesPlace): ChangePublisher {
  return kafkajsPublisher(place);
}
