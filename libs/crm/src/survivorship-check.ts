import { ThroughlineError } from '@throughline/contracts';
import type { Survivorship } from './definitions/survivorship.v1.ts';

type Unknown = Readonly<Record<string, unknown>>;

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

function object(value: unknown, at: string): Unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(at, 'an object');
  return value as Unknown;
}

function refuse(at: string, expected: string): never {
  throw new ThroughlineError('invalid-definition', `${at}: expected ${expected}.`);
}
