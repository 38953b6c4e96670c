export { compareIdentities } from './compare.ts';
export { customerOf, evolvePartition, initialPartition, type Partition, type Told } from './partition.ts';
export { preview, type CustomerKeys, type Preview } from './preview.ts';
export { readRules } from './read-rules.ts';
export {
  decideRequest,
  evolveRequests,
  initialRequests,
  type RequestDecision,
  type RequestEvent,
  type RequestRefusal,
  type RequestsState,
} from './requests.ts';
export { Resolver, type Retraction, type Sighting } from './resolver.ts';
export { rulesIn } from './rules-in.ts';
export { DEFAULT_RULES, Rules, type IdentityRules, type TypeRule } from './rules.ts';
export type { Cause, DecisionEvent } from './step.ts';
export { WorkingGraph } from './working-graph.ts';
