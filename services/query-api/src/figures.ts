import { behind, type LogReader } from '@throughline/event-log';
import type { ViewReader } from '@throughline/read-model';
import { readGauges } from '@throughline/runtime';
import type { Registry } from 'prom-client';
import type { CurrentViews } from './views.ts';

/** What operators watch of the views; gathered when it is asked for. */
export function registerViewFigures(registry: Registry, log: LogReader, views: CurrentViews): void {
  const ofViews = (name: string, help: string, read: (view: ViewReader) => Promise<number>) =>
    readGauges(registry, { name, help, labelNames: ['view'] }, () =>
      Promise.all(Object.entries(views).map(async ([view, reader]) => [{ view }, await read(reader)] as const)),
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
