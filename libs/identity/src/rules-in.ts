import { documentsOf, IDENTITY, type Documents } from '@throughline/contracts';
import { readRules } from './read-rules.ts';
import { DEFAULT_RULES, type IdentityRules } from './rules.ts';

/**
 * The rules that a version of identity is given as documents; the shipped ones where it is given none.
 *
 * @throws ThroughlineError `invalid-definition`
 */
export function rulesIn(documents: Documents): IdentityRules {
  return documentsOf(IDENTITY, documents, { rules: readRules }).rules ?? DEFAULT_RULES;
}
