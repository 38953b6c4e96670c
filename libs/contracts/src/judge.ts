/** Says in words what is wrong with a touchpoint. Slow: for what the compiled schemas have refused already. */
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { catalogueEntry } from './catalogue/catalogue.ts';
import { isPlainObject, schemaOf } from './catalogue/fields.ts';
import { ENVELOPE_ATTRIBUTES, IdentifierInput, isExtension, TouchpointInput, TouchpointInputData } from './intake.ts';
import { isBoundedObject, type JsonObject } from './json.ts';
import { DUPLICATED } from './touchpoint.ts';

const MOST_FAULTS = 10;
/** A name of another form may be a value that somebody put in the wrong place. */
const HARMLESS_NAME = /^[A-Za-z_][\w.-]{0,40}$/;

/** What is wrong with a touchpoint as a channel sent it, as sentences that name fields and never values: at most ten, none for a good one. */
export function faultsOf(input: unknown): readonly string[] {
  if (!isPlainObject(input)) return ['A touchpoint must be a JSON object'];
  const data = isPlainObject(input['data']) ? input['data'] : undefined;
  const identifiers = Array.isArray(data?.['identifiers']) ? (data['identifiers'] as unknown[]) : [];
  const envelope = shaped(TouchpointInput, input, {
    data:
      data && shaped(TouchpointInputData, data, { identifiers: data['identifiers'] && identifiers.map(identifier) }),
  });
  const faults = [
    ...strangers(input, (name) => ENVELOPE_ATTRIBUTES.has(name) || isExtension(name, input[name])).map(
      (name) =>
        `${name} is no attribute: names of further attributes are lower-case letters and digits, their values short and flat`,
    ),
    ...sentences(validateSync(envelope)),
    ...strangers(data, own(TouchpointInputData)).map(
      (name) => `data.${name} is unknown: what happened goes into data.facts`,
    ),
    ...identifiers.flatMap((item, at) =>
      strangers(item, own(IdentifierInput)).map((name) => `data.identifiers.${at}.${name} is unknown`),
    ),
    ...factFaultsOf(input['type'], data?.['facts'] ?? {}),
    ...(input['type'] === DUPLICATED ? ['type is reserved: only identity finds duplicates'] : []),
  ];
  return faults.slice(0, MOST_FAULTS);
}

/** The same for one type's facts alone; none for a type outside the catalogue. */
export function factFaultsOf(type: unknown, facts: unknown): readonly string[] {
  const entry = typeof type === 'string' ? catalogueEntry(type) : undefined;
  return entry && isBoundedObject(facts)
    ? sentences(validateSync(plainToInstance(entry.facts, facts)), 'data.facts.')
    : [];
}

/** An instance with the class's own fields and no others, whatever names the sender thought of. */
function shaped<T extends object>(
  type: new () => T,
  value: JsonObject,
  nested: Partial<Record<keyof T, unknown>> = {},
): T {
  const fields = Object.entries(value).filter(([name]) => own(type)(name));
  return Object.assign(new type(), Object.fromEntries(fields), nested);
}

function identifier(item: unknown): unknown {
  return isPlainObject(item) ? shaped(IdentifierInput, item) : item;
}

function own(type: new () => object): (name: string) => boolean {
  const { properties } = schemaOf(type);
  return (name) => Object.hasOwn(properties as object, name);
}

function strangers(value: unknown, isKnown: (name: string) => boolean): readonly string[] {
  if (!isPlainObject(value)) return [];
  const names = Object.keys(value).filter((name) => !isKnown(name));
  return names.map((name) => (HARMLESS_NAME.test(name) ? name : '(a field)'));
}

/** class-validator's tree of errors, flat; its messages begin with the field's name, which becomes the path. */
function sentences(errors: readonly ValidationError[], path = ''): readonly string[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const { nestedValidation: _, ...rules } = constraints ?? {};
    const own = Object.values(rules).map((message) => path + message);
    return [...own, ...sentences(children ?? [], `${path}${property}.`)];
  });
}
