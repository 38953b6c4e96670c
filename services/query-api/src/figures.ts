import { behind, type LogReader } from '@throughline/event-log';
import { Gauge, type Registry } from 'prom-client';
import { VIEW_NAMES, type Views } from './views.ts';

/** What operators watch of the views; gathered when it is asked for. */
export function registerViewFigures(registry: Registry, log: LogReader, views: Views): void {
  const ofViews = (name: string, help: string, read: (view: Views[keyof Views]) => Promise<number>) =>
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames: ['view'],
        registers: [],
        async collect() {
          for (const view of VIEW_NAMES) this.set({ view }, await read(views[view]));
        },
      }),
    );
  ofViews(
    'throughline_view_lag_seconds',
    'How long the oldest event that a view lacks has been in the log',
    async (view) => (await behind(log, (await view.progress()).position)).seconds,
  );
  ofViews('throughline_view_parked', 'Touchpoints and customers that a view could not fold', (view) =>
    view.parkedCount(),
  );
}
