import { readDefinition } from '@throughline/contracts';
import type { Survivorship } from './definitions/survivorship.v1.ts';

const { object } = readDefinition;
const refuse: typeof readDefinition.refuse = readDefinition.refuse;

/**
 * Reads survivorship rules from outside (a parsed JSON file).
 *
 * @throws ThroughlineError `invalid-definition`, naming the place and what was expected there.
 */
export function checkSurvivorship(value: unknown): Survivorship {
  const root = object(value, 'survivorship');
  if (!Number.isInteger(root['version'])) refuse('version', 'a whole number');
  checkRule(root['otherwise'], 'otherwise');
  for (const [field, rule] of Object.entries(object(root['fields'], 'fields'))) checkRule(rule, `fields.${field}`);
  return value as Survivorship;
}

function checkRule(value: unknown, at: string): void {
  const { rule, sources } = object(value, at);
  if (rule === 'most-recent') return;
  if (rule !== 'most-trusted') refuse(`${at}.rule`, 'most-recent or most-trusted');
  if (!Array.isArray(sources) || !sources.every((source) => typeof source === 'string')) {
    refuse(`${at}.sources`, 'a list of sources’ names');
  }
}
