import type { Documents } from '@throughline/contracts';
import { readRules } from './read-rules.ts';
import { DEFAULT_RULES, type IdentityRules } from './rules.ts';

/**
 * The rules among the documents of a version of identity; the shipped ones where there are none.
 *
 * @throws ThroughlineError `invalid-definition`
 */
export function rulesIn({ rules }: Documents): IdentityRules {
  return rules === undefined ? DEFAULT_RULES : readRules(rules);
}
