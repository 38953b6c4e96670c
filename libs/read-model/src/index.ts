export { CellSums, dimensionsText } from './cell-sums.ts';
export { EmbeddedViewStore } from './embedded/embedded-view-store.ts';
export { openIdentityReader, openIdentityStore } from './embedded/identity-store.ts';
export { openViewReader, type CurrentViewReader } from './embedded/open-view-reader.ts';
export type { ViewVersion } from './embedded/versions.ts';
export type { IdentityCheckpoint, IdentityProgress, IdentityReader, IdentityStore } from './identity-port.ts';
export type { Move } from './move.ts';
export type { Parked, ParkedPage } from './parked.ts';
export {
  bareVersion,
  digitsOf,
  PARTITIONS,
  partedVersion,
  partOf,
  partsOf,
  rulesOf,
  unpartedVersion,
  versionAlong,
  type Part,
  type Sharing,
} from './parts.ts';
export {
  openIdentityAt,
  openIdentityStoreAt,
  openPresenceAt,
  openVersionShelfAt,
  openViewsAt,
  openViewStoreAt,
  removeIdentityAt,
  type IdentityAt,
  type Opened,
  type OpenedView,
  type OpenViewAt,
  type ViewPlace,
} from './place.ts';
export type { Contribution, CustomerState, IndexScan, Progress, ScannedEntry, ViewReader } from './port.ts';
export type { Beat, Presence } from './presence.ts';
export { parseRedisUrl, REDIS_URL_RULE, type RedisAddress } from './redis/address.ts';
export { connectRedis, type ConnectRedis, type RedisConnection } from './redis/connection.ts';
export { publishIdentity, type PublishedIdentityStore, type PublishIdentity } from './redis/identity-publisher.ts';
export { openRedisIdentityReader } from './redis/open-identity-reader.ts';
export { openRedisVersionShelf } from './redis/redis-version-shelf.ts';
export { openRedisViewReader } from './redis/open-view-reader.ts';
export { openPresence, type OpenPresence } from './redis/presence.ts';
export { openRedisNeighbours, type OpenRedisNeighbours } from './redis/redis-neighbours.ts';
export { openRedisViewStore, type OpenRedisView, type RedisViewStore } from './redis/redis-view-store.ts';
export type {
  Checkpoint,
  Finished,
  Handed,
  IdRange,
  Neighbours,
  SubjectRow,
  ViewChanges,
  ViewStore,
  WaitingChange,
} from './store.ts';
export type { OpenedReader, VersionShelf, VersionSnapshot } from './version-shelf.ts';
