export { IngestionModule } from './ingestion.module.ts';
export { intakeAsyncApi, type AsyncApiParts } from './kafka/async-api.ts';
export { startKafkaIntake, type KafkaIntakeOptions } from './kafka/start.ts';
export type { Quarantined, Receipt } from './reception.ts';
export type { QuarantineEntry, QuarantineItem, QuarantinePage, QuarantineState, Redriven } from './quarantine.ts';
