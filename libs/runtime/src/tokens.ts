/** The names under which a deployment's parts are injected. What each stands for is a type of the room that defines it. */

/** `Settings`. */
export const SETTINGS = Symbol('SETTINGS');
/** `Uint8Array`: the secret that makes keys out of identifiers. */
export const SECRET = Symbol('SECRET');
/** `EventLog` of event-log; services that only read take it as a `LogReader`. */
export const EVENT_LOG = Symbol('EVENT_LOG');
/** `ViewReader` of read-model by projection: `{ crm, cem, balance }`. */
export const VIEWS = Symbol('VIEWS');
/** `IdentityReader` of read-model. */
export const IDENTITY_GRAPH = Symbol('IDENTITY_GRAPH');
/** `Registry` of prom-client: where a service registers its figures. */
export const METRICS = Symbol('METRICS');
/** `Logger` of pino. */
export const LOGGER = Symbol('LOGGER');
/** `Health`: which parts are live and ready. */
export const HEALTH = Symbol('HEALTH');
/** `Tracing`, or undefined where no traces are wanted. */
export const TRACING = Symbol('TRACING');
