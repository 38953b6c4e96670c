import { readDefinition } from '@throughline/contracts';
import { JOINED_FACTS, type Condition, type Origin, type ScoreDefinition, type Signal } from './definition.ts';

const { list, number, object, oneOf, text } = readDefinition;
const refuse: typeof readDefinition.refuse = readDefinition.refuse;

type Unknown = Readonly<Record<string, unknown>>;

/**
 * Reads a score definition from outside (a parsed JSON file).
 *
 * @throws ThroughlineError `invalid-definition`, naming the place and what was expected there.
 */
export function checkDefinition(value: unknown): ScoreDefinition {
  const root = object(value, 'definition');
  text(root['name'], 'name');
  number(root['version'], 'version', 1, 1e6);
  number(root['prior'], 'prior', 0, 1);
  number(root['strength'], 'strength', 1e-6, 1e6);
  number(root['enough'], 'enough', 1e-6, 1e6);
  number(root['episodeCap'], 'episodeCap', 1e-6, 1e6);
  number(root['repeatContactDays'], 'repeatContactDays', 0, 3650);
  const dimensions = object(root['dimensions'], 'dimensions');
  for (const [name, dimension] of Object.entries(dimensions)) {
    const at = `dimensions.${name}`;
    number(object(dimension, at)['weight'], `${at}.weight`, 1e-6, 1e6);
    text(object(dimension, at)['meaning'], `${at}.meaning`);
  }
  const names = new Set<string>();
  list(root['signals'], 'signals').forEach((signal, i) => {
    const name = checkSignal(object(signal, `signals[${i}]`), `signals[${i}]`, dimensions);
    if (names.has(name)) refuse(`signals[${i}].name`, 'a name of its own');
    names.add(name);
  });
  return value as ScoreDefinition;
}

function checkSignal(signal: Unknown, at: string, dimensions: Unknown): string {
  const name = text(signal['name'], `${at}.name`);
  text(signal['why'], `${at}.why`);
  checkOrigin(object(signal['from'], `${at}.from`), `${at}.from`);
  checkPoints(signal['curve'], `${at}.curve`, (y, where) => number(y, where, 0, 1));
  checkPoints(signal['words'], `${at}.words`, text);
  const dimension = text(signal['dimension'], `${at}.dimension`);
  if (!Object.hasOwn(dimensions, dimension)) refuse(`${at}.dimension`, 'one of the dimensions');
  oneOf(signal['evidence'], `${at}.evidence`, ['stated', 'observed'] satisfies Signal['evidence'][]);
  number(signal['weight'], `${at}.weight`, 1e-6, 1e6);
  number(signal['halfLifeDays'], `${at}.halfLifeDays`, 1, 36_500);
  return name;
}

function checkOrigin(from: Unknown, at: string): void {
  if ('joined' in from) {
    oneOf(from['joined'], `${at}.joined`, JOINED_FACTS);
    return;
  }
  text(from['fact' satisfies keyof Extract<Origin, { fact: string }>], `${at}.fact`);
  if (from['types'] !== undefined)
    list(from['types'], `${at}.types`).forEach((type, i) => text(type, `${at}.types[${i}]`));
  if (from['where'] === undefined) return;
  list(from['where'], `${at}.where`).forEach((item, i) => {
    const condition = object(item, `${at}.where[${i}]`);
    text(condition['fact'], `${at}.where[${i}].fact`);
    for (const test of ['in', 'notIn'] satisfies (keyof Condition)[]) {
      if (condition[test] !== undefined) list(condition[test], `${at}.where[${i}].${test}`);
    }
  });
}

function checkPoints(value: unknown, at: string, check: (y: unknown, at: string) => unknown): void {
  let before = -Infinity;
  list(value, at).forEach((point, i) => {
    const [x, y] = list(point, `${at}[${i}]`);
    const from = number(x, `${at}[${i}][0]`, -1e12, 1e12);
    if (from <= before) refuse(`${at}[${i}][0]`, 'more than the one before');
    before = from;
    check(y, `${at}[${i}][1]`);
  });
}
