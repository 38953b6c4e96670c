import { Counter, type Registry } from 'prom-client';
import type { Receipt } from './reception.ts';

const NAME = 'throughline_touchpoints_total';

/** Intake's figures for Prometheus, one set a registry, over whichever way touchpoints come. */
export class IntakeFigures {
  readonly #touchpoints: Counter<'outcome'>;

  constructor(registry: Registry) {
    this.#touchpoints =
      (registry.getSingleMetric(NAME) as Counter<'outcome'> | undefined) ??
      new Counter({
        name: NAME,
        help: 'Touchpoints by what became of them at intake: accepted, duplicate or quarantined.',
        labelNames: ['outcome'],
        registers: [registry],
      });
  }

  count({ accepted, duplicates, quarantined }: Receipt): void {
    this.#touchpoints.inc({ outcome: 'accepted' }, accepted);
    this.#touchpoints.inc({ outcome: 'duplicate' }, duplicates);
    this.#touchpoints.inc({ outcome: 'quarantined' }, quarantined.length);
  }
}
