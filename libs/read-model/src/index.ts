export type { Contribution, CustomerState, IndexScan, Progress, ScannedEntry, ViewReader } from './port.ts';
