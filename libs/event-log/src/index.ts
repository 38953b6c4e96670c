export {
  NO_STREAM,
  type Append,
  type AppendResult,
  type Batch,
  type EventHome,
  type EventLog,
  type LogReader,
  type LogWriter,
  type NewEvent,
  type ReadAll,
  type RecordedEvent,
  type Selection,
} from './port.ts';
