/** The engines that services are to run on: what the environment names, else what `npm run infra:up` has started. */
import { PARTS } from '../engines/parts.mjs';
import { isRunning, remembered } from '../engines/state.mjs';

/** @returns {Record<string, string>} Variables, without those that neither names. */
export function enginesOf(env) {
  const state = remembered();
  const found = {};
  for (const [name, { variable }] of Object.entries(PARTS)) {
    const value = env[variable] || (isRunning(state[name]) ? state[name].address : undefined);
    if (value) found[variable] = value;
  }
  return found;
}
