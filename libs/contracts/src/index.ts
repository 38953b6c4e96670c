export { DEFAULT_COMPANY, type Company } from './company.ts';
export type { CustomerChange } from './customer-change.ts';
export * as readDefinition from './read-definition.ts';
export { PARKED_CLEARED, REFOLD_REQUESTED, type ParkedCleared, type RefoldRequested } from './repair.ts';
export { dayFromText, dayOf, dayToText, type Day } from './day.ts';
export {
  DECISION_TYPES,
  REQUEST_TYPES,
  type CustomersMerged,
  type CustomerSplit,
  type Decision,
  type DecisionType,
  type KeysLinked,
  type LinkRefused,
  type LinkRequested,
  type MoveRequested,
  type RefusalReason,
  type RequestType,
  type RequestUndone,
  type SplitRequested,
} from './decision.ts';
export { documentsOf } from './documents.ts';
export { PROBLEMS, canPass, problemCode, ThroughlineError, type ProblemCode } from './errors.ts';
export { adjustedWald, figure, wilson, type Figure } from './figure.ts';
export { compareForHome, homeOf, keyOf, normalise } from './home.v1.ts';
export type { Normalised, RefusedIdentifier } from './normalised.ts';
export {
  KEY_KINDS,
  type CustomerRecord,
  type EdgeChange,
  type EdgeRecord,
  type Evidence,
  type GraphChanges,
  type IdentityGraph,
  type KeyKind,
  type KeyRecord,
  type Rank,
  type RequestRecord,
  type Side,
} from './identity-graph.ts';
export { NAMESPACE, touchpointId, uuidv5 } from './ids.ts';
export { isBoundedObject, JSON_BOUNDS, type JsonObject, type JsonValue } from './json.ts';
export type { MetricDefinition, MetricKind } from './metric.ts';
export { minorDigits } from './money.ts';
export { PHONE_REGION_NAMES } from './phone.v1.ts';
export { earlier, later, START, type Position } from './position.ts';
export {
  CLOCK,
  IDENTITY,
  IDENTITY_REQUESTS,
  identityStream,
  OWNERSHIP_PREFIX,
  ownershipStream,
  PARKED_PREFIX,
  PROJECTION_PREFIX,
  projectionStream,
  QUARANTINE_PREFIX,
  repairsStream,
  SHIPPED_RULES,
  subjectOf,
  TOUCHPOINT_PREFIX,
  touchpointStream,
} from './streams.ts';
export { Tallying, type Tally } from './tally.ts';
export {
  DIMENSIONS,
  DUPLICATED,
  RETRACTED,
  type Dimension,
  type Facts,
  type Identifier,
  type Key,
  type Money,
  type Personal,
  type RetractionFacts,
  type Touchpoint,
  type TouchpointData,
  type TouchpointMetadata,
} from './touchpoint.ts';
export { buildOf, hashOf, versionOf, type Documents, type ProjectionOf } from './version.ts';
export {
  isIdentityDiff,
  type ComparisonReport,
  type CustomerSize,
  type IdentityChange,
  type IdentityDiff,
  type InEach,
} from './identity-diff.ts';
export type { CustomersOnlyIn, FieldDiff, MetricDiff, Mover, VersionDiff } from './version-diff.ts';
export type * from './version-events.ts';
export type { Cell, FieldDefinition, IndexEntry, IndexValue, ProjectionDefinition } from './view.ts';
export {
  CATALOGUE,
  catalogueEntry,
  type CataloguedType,
  type CatalogueEntry,
  type Family,
} from './catalogue/catalogue.ts';
export type * from './catalogue/facts.ts';
export { BOUNDED, FORMATS, type Schema } from './catalogue/fields.ts';
export { ENVELOPE_ATTRIBUTES, IdentifierInput, isExtension, TouchpointInput, TouchpointInputData } from './intake.ts';
export { factFaultsOf, faultsOf } from './judge.ts';
export { factsSchema, touchpointSchema } from './schemas.ts';
export { parseTime } from './time.ts';
export { upcast, UPCASTERS, type Lift, type Upcasters } from './upcast.ts';
export { exampleOf } from './catalogue/example.ts';
export { touchpointReference } from './catalogue/reference.ts';
export { isUnfitRow, type UnfitRow } from './unfit-row.ts';
