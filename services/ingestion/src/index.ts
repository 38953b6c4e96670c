export { IngestionModule } from './ingestion.module.ts';
export type { Quarantined, Receipt } from './reception.ts';
export type { QuarantineEntry, QuarantineItem, QuarantinePage, QuarantineState, Redriven } from './quarantine.ts';
