import type { EmbeddedLog } from '@throughline/event-log';
import { behind, VIEW_NAMES, type Views } from '@throughline/query-api';
import { Gauge, type Registry } from 'prom-client';

/** What operators watch of the log and the views; gathered when it is asked for. */
export function registerFigures(registry: Registry, log: EmbeddedLog, views: Views): void {
  const ofLog = (name: string, help: string, read: () => number) =>
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read());
        },
      }),
    );
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
  ofLog('throughline_log_events', 'Events in the log', () => log.stats().events);
  ofLog('throughline_log_bytes', 'Bytes in the log', () => log.stats().bytes);
  ofLog('throughline_log_segments', 'Segments of the log', () => log.stats().segments);
  ofLog('throughline_log_queued_bytes', 'Bytes accepted that wait for the disk', () => log.stats().queued);
  ofLog('throughline_log_index_memory_bytes', 'Bytes of the log’s index in memory', () => log.stats().indexMemory);
  ofViews(
    'throughline_view_lag_seconds',
    'How long the oldest event that a view lacks has been in the log',
    async (view) => (await behind(log, (await view.progress()).position)).seconds,
  );
  ofViews('throughline_view_parked', 'Touchpoints and customers that a view could not fold', (view) =>
    view.parkedCount(),
  );
}
