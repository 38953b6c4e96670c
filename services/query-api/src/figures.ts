import { behind, type LogReader } from '@throughline/event-log';
import { readGauges } from '@throughline/runtime';
import type { Registry } from 'prom-client';
import { VIEW_NAMES, type Views } from './views.ts';

/** What operators watch of the views; gathered when it is asked for. */
export function registerViewFigures(registry: Registry, log: LogReader, views: Views): void {
  const ofViews = (name: string, help: string, read: (view: Views[keyof Views]) => Promise<number>) =>
    readGauges(registry, { name, help, labelNames: ['view'] }, () =>
      Promise.all(VIEW_NAMES.map(async (view) => [{ view }, await read(views[view])] as const)),
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
