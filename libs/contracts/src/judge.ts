/** Says in words what is wrong with a touchpoint. Slow: for what the compiled schemas have refused already. */
import { validateSync, type ValidationError } from 'class-validator';
import { catalogueEntry } from './catalogue/catalogue.ts';
import { fieldsOf, instanceOf, isPlainObject } from './catalogue/fields.ts';
import { ENVELOPE_ATTRIBUTES, IdentifierInput, isExtension, TouchpointInput, TouchpointInputData } from './intake.ts';
import { isBoundedObject } from './json.ts';
import { DUPLICATED } from './touchpoint.ts';

const MOST_FAULTS = 10;
/** A name of another form may be a value that somebody put in the wrong place. */
const HARMLESS_NAME = /^[A-Za-z_][\w.-]{0,40}$/;

/**
 * What is wrong with a touchpoint as a channel sent it, as sentences that name fields and never values: at most ten. None
 * for a good one, nor for one whose only fault is deep in a long list.
 */
export function faultsOf(input: unknown): readonly string[] {
  if (!isPlainObject(input)) return ['A touchpoint must be a JSON object'];
  const envelope = instanceOf(TouchpointInput, input);
  const data = input['data'];
  const faults = [
    ...strangers(input, (name) => ENVELOPE_ATTRIBUTES.has(name) || isExtension(name, input[name])).map(
      (name) =>
        `${name} is no attribute: names of further attributes are lower-case letters and digits, their values short and flat`,
    ),
    ...sentences(validateSync(envelope)),
    ...strangersIn(data).map((name) => `data.${name} is unknown: what happened goes into data.facts`),
    ...identifierStrangers(data).map((name) => `data.identifiers.${name} is unknown`),
    ...factFaultsOf(input['type'], (isPlainObject(data) ? data['facts'] : undefined) ?? {}),
    ...(input['type'] === DUPLICATED ? ['type is reserved: only identity finds duplicates'] : []),
  ];
  return faults.slice(0, MOST_FAULTS);
}

/** The same for one type's facts alone; none for a type outside the catalogue. */
export function factFaultsOf(type: unknown, facts: unknown): readonly string[] {
  const entry = typeof type === 'string' ? catalogueEntry(type) : undefined;
  if (!entry || !isBoundedObject(facts)) return [];
  return sentences(validateSync(instanceOf(entry.facts, facts)), 'data.facts.');
}

function strangersIn(data: unknown): readonly string[] {
  const known = fieldsOf(TouchpointInputData);
  return strangers(data, (name) => known.includes(name));
}

function identifierStrangers(data: unknown): readonly string[] {
  const identifiers: unknown = isPlainObject(data) ? data['identifiers'] : undefined;
  const known = fieldsOf(IdentifierInput);
  if (!Array.isArray(identifiers)) return [];
  const beginning = identifiers.slice(0, MOST_FAULTS) as readonly unknown[];
  return beginning.flatMap((item, at) =>
    strangers(item, (name) => known.includes(name)).map((name) => `${at}.${name}`),
  );
}

function strangers(value: unknown, isKnown: (name: string) => boolean): readonly string[] {
  if (!isPlainObject(value)) return [];
  const names = Object.keys(value).filter((name) => !isKnown(name));
  return names.slice(0, MOST_FAULTS).map((name) => (HARMLESS_NAME.test(name) ? name : '(a field)'));
}

/** class-validator's tree of errors, flat; its messages begin with the field's name, which becomes the path. */
function sentences(errors: readonly ValidationError[], path = ''): readonly string[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const { nestedValidation: _, ...rules } = constraints ?? {};
    const own = Object.values(rules).map((message) => path + message);
    return [...own, ...sentences(children ?? [], `${path}${property}.`)];
  });
}
