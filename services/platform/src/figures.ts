import type { LogStats } from '@throughline/event-log';
import { readGauge } from '@throughline/runtime';
import type { Registry } from 'prom-client';

/** What operators watch of the embedded log; gathered when it is asked for. */
export function registerLogFigures(registry: Registry, stats: () => LogStats): void {
  const ofLog = (name: string, help: string, read: (log: LogStats) => number) =>
    readGauge(registry, name, help, () => read(stats()));
  ofLog('throughline_log_events', 'Events in the log', (log) => log.events);
  ofLog('throughline_log_bytes', 'Bytes in the log', (log) => log.bytes);
  ofLog('throughline_log_segments', 'Segments of the log', (log) => log.segments);
  ofLog('throughline_log_queued_bytes', 'Bytes accepted that wait for the disk', (log) => log.queued);
  ofLog('throughline_log_index_memory_bytes', 'Bytes of the log’s index in memory', (log) => log.indexMemory);
}
