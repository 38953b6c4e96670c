export { decideVersions, namesGiven, type VersionCommand, type VersionDecision, type VersionFact } from './decide.ts';
export { DiffMaker, type Compared, type ShownCustomer } from './diff.ts';
export { keptVersions, liveVersion, type HashOfDocuments, type Kept } from './kept.ts';
export {
  evolveVersions,
  initialVersions,
  openReplay,
  pendingDiff,
  type Diff,
  type Given,
  type Recorded,
  type Replay,
  type ReplayState,
  type Role,
  type Shown,
  type Switch,
  type VersionsState,
} from './ledger.ts';
export { pair, type Paired } from './merge.ts';
export { VERSION_REFUSALS, type VersionRefusal } from './refusals.ts';
export { documentsAt, story, type Reign, type Story, type StoryEntry } from './story.ts';
export { exceededByIdentity, parseIdentityThreshold, type IdentityThreshold } from './identity-thresholds.ts';
export { exceeded, parseThreshold, type Threshold } from './thresholds.ts';
export {
  documentsOfIdentity,
  identitiesOf,
  identityName,
  rulesVersion,
  shownThen,
  SHIPPED_IDENTITY,
  type Identities,
} from './identities.ts';
