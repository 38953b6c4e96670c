export { DEFAULT_COMPANY, type Company } from './company.ts';
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
export { PROBLEMS, problemCode, ThroughlineError, type ProblemCode } from './errors.ts';
export { adjustedWald, figure, wilson, type Figure } from './figure.ts';
export {
  compareForHome,
  homeOf,
  keyOf,
  normalise,
  PHONE_REGION_NAMES,
  type Normalised,
  type RefusedIdentifier,
} from './home.v1.ts';
export { NAMESPACE, touchpointId, uuidv5 } from './ids.ts';
export type { JsonObject, JsonValue } from './json.ts';
export type { MetricDefinition, MetricKind } from './metric.ts';
export { earlier, later, START, type Position } from './position.ts';
export {
  CLOCK,
  IDENTITY_REQUESTS,
  identityStream,
  PARKED_PREFIX,
  QUARANTINE_PREFIX,
  subjectOf,
  TOUCHPOINT_PREFIX,
  touchpointStream,
} from './streams.ts';
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
export type { Cell, FieldDefinition, IndexEntry, IndexValue, ProjectionDefinition } from './view.ts';
export { CATALOGUE, type CataloguedType, type CatalogueEntry, type Family } from './catalogue/catalogue.ts';
export type * from './catalogue/facts.ts';
export type { TouchpointInput, TouchpointInputData } from './intake.ts';
