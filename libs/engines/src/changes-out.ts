import type { ChangesPlace } from '@throughline/changes';
import type { KafkaSettings, Workbench } from '@throughline/runtime';
import { Gauge } from 'prom-client';

/** Where a projection tells channels what it changed, and who is told how that gets on. */
export interface ChangesOut {
  readonly place: ChangesPlace;
  onRelayed(relayed: { readonly waiting: number; readonly failed?: string }): void;
}

const WAITING = 'throughline_changes_waiting';

/** Undefined where nobody is to be told. Changes that Kafka does not take leave the part ready: it folds on, and its health says so. */
export function changesOut(
  part: string,
  kafka: KafkaSettings | undefined,
  { metrics, health, logger }: Pick<Workbench, 'metrics' | 'health' | 'logger'>,
): ChangesOut | undefined {
  const place = kafka && placeOf(kafka);
  if (!place) return undefined;
  const gauge =
    (metrics.getSingleMetric(WAITING) as Gauge<'part'> | undefined) ??
    new Gauge({
      name: WAITING,
      help: 'Changes of customers that a projection has not published to Kafka yet',
      labelNames: ['part'],
      registers: [metrics],
    });
  let waiting = 0;
  let isFailing = false;
  gauge.set({ part }, waiting);
  health.register(`${part}-changes`, () => ({
    ready: true,
    ...(isFailing && { detail: `Kafka takes no changes; ${waiting} wait` }),
  }));
  return {
    place,
    onRelayed(relayed) {
      waiting = relayed.waiting;
      gauge.set({ part }, waiting);
      const { failed } = relayed;
      if (isFailing === (failed !== undefined)) return;
      isFailing = failed !== undefined;
      if (isFailing) logger.warn({ part, waiting, code: failed }, 'Kafka takes no changes; they wait');
      else logger.info({ part, waiting }, 'Kafka takes changes again');
    },
  };
}

function placeOf({ brokers, changesTopic: topic, tls, sasl }: KafkaSettings): ChangesPlace | undefined {
  return topic === undefined ? undefined : { brokers, topic, tls, ...(sasl && { sasl: sasl() }) };
}
