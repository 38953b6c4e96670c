import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry with the figures of the process itself: memory, CPU, garbage collection, the event loop's delay. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
