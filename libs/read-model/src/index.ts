export { CellSums, dimensionsText } from './cell-sums.ts';
export { EmbeddedViewStore } from './embedded/embedded-view-store.ts';
export { openIdentityReader, openIdentityStore } from './embedded/identity-store.ts';
export { openViewReader, type CurrentViewReader } from './embedded/open-view-reader.ts';
export type { ViewVersion } from './embedded/versions.ts';
export type { IdentityCheckpoint, IdentityProgress, IdentityReader, IdentityStore } from './identity-port.ts';
export type { Move } from './move.ts';
export type { Contribution, CustomerState, IndexScan, Progress, ScannedEntry, ViewReader } from './port.ts';
export type { Checkpoint, Finished, Parked, SubjectRow, ViewChanges, ViewStore } from './store.ts';
