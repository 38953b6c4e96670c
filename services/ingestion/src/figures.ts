import { Counter, type Registry } from 'prom-client';
import type { Receipt } from './reception.ts';

/** Intake's figures for Prometheus. */
export class IntakeFigures {
  readonly #touchpoints: Counter<'outcome'>;

  constructor(registry: Registry) {
    this.#touchpoints = new Counter({
      name: 'throughline_touchpoints_total',
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
