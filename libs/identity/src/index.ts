export { DEFAULT_RULES, Rules, type IdentityRules, type TypeRule } from './rules.ts';
export { Resolver, type Sighting } from './resolver.ts';
export type { Cause, DecisionEvent } from './step.ts';
export { WorkingGraph } from './working-graph.ts';
