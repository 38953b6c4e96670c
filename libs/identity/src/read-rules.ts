import { KEY_KINDS, readDefinition } from '@throughline/contracts';
import { areDevicesWeaker, type IdentityRules, type TypeRule } from './rules.ts';

const { number, object, oneOf, text } = readDefinition;
const refuse: typeof readDefinition.refuse = readDefinition.refuse;

/**
 * Reads rules from outside (a parsed JSON file): what `identity-rules.schema.json` describes, strictly, for a rule that is misspelt would quietly be none.
 *
 * @throws ThroughlineError `invalid-definition`, naming the place and what was expected there.
 */
export function readRules(document: unknown): IdentityRules {
  const root = members(document, 'rules', ROOT);
  if (root['$schema'] !== undefined && typeof root['$schema'] !== 'string') refuse('$schema', 'a text');
  text(root['name'], 'name');
  // 1 is that of the rules that come along: its decisions are in a stream of their own already.
  count(root['version'], 'version', 2);
  count(root['maxKeys'], 'maxKeys', 2);
  for (const [type, rule] of Object.entries(object(root['types'], 'types'))) checkType(rule, `types.${type}`);
  checkType(root['unlisted'], 'unlisted');
  const blocked = root['blocked'];
  if (!Array.isArray(blocked)) refuse('blocked', 'a list');
  (blocked as readonly unknown[]).forEach((item, n) => {
    const identifier = members(item, `blocked[${n}]`, ['type', 'value']);
    for (const name of ['type', 'value']) text(identifier[name], `blocked[${n}].${name}`);
  });
  const rules = document as IdentityRules;
  if (areDevicesWeaker(rules)) return rules;
  return refuse('types', 'every device to have a weaker (greater) priority than every person and matter');
}

const ROOT = [
  '$schema',
  'name',
  'version',
  'maxKeys',
  'types',
  'unlisted',
  'blocked',
] satisfies (keyof IdentityRules)[];
const TYPE = ['kind', 'priority', 'unique', 'limit', 'maxNeighbours'] satisfies (keyof TypeRule)[];

function checkType(value: unknown, at: string): void {
  const rule = members(value, at, TYPE);
  oneOf(rule['kind'], `${at}.kind`, KEY_KINDS);
  count(rule['priority'], `${at}.priority`, 1);
  if (rule['unique'] !== undefined && typeof rule['unique'] !== 'boolean') refuse(`${at}.unique`, 'true or false');
  if (rule['limit'] !== undefined) count(rule['limit'], `${at}.limit`, 1);
  if (rule['maxNeighbours'] === undefined) return;
  const most = members(rule['maxNeighbours'], `${at}.maxNeighbours`, KEY_KINDS);
  for (const [kind, n] of Object.entries(most)) count(n, `${at}.maxNeighbours.${kind}`, 1);
}

function count(value: unknown, at: string, least: number): void {
  number(value, at, least, 1e6);
  if (!Number.isInteger(value)) refuse(at, 'a whole number');
}

/** An object with members of these names only. */
function members(value: unknown, at: string, possible: readonly string[]): Readonly<Record<string, unknown>> {
  const found = object(value, at);
  const other = Object.keys(found).find((name) => !possible.includes(name));
  return other === undefined ? found : refuse(at, `only ${possible.join(', ')}, not ${other}`);
}
