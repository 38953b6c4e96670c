/** The engines of this machine, for the scripts and for tests that want servers of their own. */
export { missingDevNode, startDevNode } from './dev-node.mjs';
export { missingKafka, startKafka } from './kafka.mjs';
export { freePort } from './processes.mjs';
export { missingRedis, startRedis } from './redis.mjs';

/** Whether a suite can have its server: says loudly when it cannot, and fails where servers are required. */
export function canTest(suite, missing) {
  if (missing === undefined) return true;
  if (process.env['THROUGHLINE_ENGINES'] === 'required') throw new Error(`${suite}: ${missing}`);
  console.warn(`SKIPPED: ${suite}. ${missing}`);
  return false;
}
