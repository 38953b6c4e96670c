export { serveProjection, startProjection, type StartProjection } from './host/start-projection.ts';
export { serveThread, startThread, type Running } from './host/thread.ts';
export { Bell } from './bell.ts';
export { shareParts, type ShareParts } from './ownership/share-parts.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export { relayChanges, type RelayChanges, type Relayed } from './relay-changes.ts';
export type { ProjectionReport } from './report.ts';
export { runProjection, type RunProjection } from './run-projection.ts';
