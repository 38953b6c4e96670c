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
export { idWords } from './id-words.ts';
export { behind, type Behind } from './behind.ts';
export { CauseNotes, tiesOf, type Causes, type Followed, type ParkedNote, type Watch } from './followed.ts';
export { openLog, type EmbeddedLog, type LogOptions, type LogStats } from './embedded/open-log.ts';
export { openLogReader, type EmbeddedLogReader, type ReaderOptions } from './embedded/open-reader.ts';
export { FoldedStream } from './folded-stream.ts';
export { originOf } from './origin-of.ts';
export { openLogAt, type LogPlace, type OpenedLog } from './place.ts';
export { remoteWriter, serveAppends } from './embedded/proxy.ts';
export type { LogSignal } from './embedded/signal.ts';
export { openEventStore, type EventStoreLog, type EventStoreOptions } from './eventstoredb/open-event-store.ts';
export { openMirrorReader, type MirrorReader, type MirrorReaderOptions } from './eventstoredb/mirror-reader.ts';
export { runMirror, type MirrorOptions, type MirrorProgress } from './eventstoredb/run-mirror.ts';
