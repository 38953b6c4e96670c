/**
 * The kinds of fields a touchpoint is made of, each one decorator. A decorator holds a test and its JSON Schema side by side:
 * class-validator runs the test, intake the compiled schema, and a parity test keeps the two in step.
 */
import 'reflect-metadata';
import {
  isISO4217CurrencyCode,
  IsBoolean,
  IsIn,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  type ValidationArguments,
} from 'class-validator';
import { JSONSchema, targetConstructorToSchema } from 'class-validator-jsonschema';
import { isBoundedObject, JSON_BOUNDS, type JsonObject } from '../json.ts';
import { parseTime } from '../time.ts';

export type Schema = JsonObject;

/** What a schema means by `format`: a validator of JSON Schema needs them, and every one is here. */
export const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) => parseTime(text) !== undefined,
  'iso-4217': (text) => /^[A-Z]{3}$/.test(text) && isISO4217CurrencyCode(text),
};

/** The schema keyword for `isBoundedObject`, which no standard keyword can say. */
export const BOUNDED = 'x-bounded';

const CHECK = 'field';

export const isPlainObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const all =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, name) => {
    for (const decorate of decorators) decorate(target, name);
  };

interface Check {
  readonly test: (value: unknown) => boolean;
  readonly schema: () => Schema;
  /** Completes "`name` must be …". */
  readonly rule: string;
  readonly each?: boolean;
}

function check({ test, schema, rule, each = false }: Check): PropertyDecorator {
  const defaultMessage = (args?: ValidationArguments) =>
    `${args?.property} must be ${each ? 'a list, each ' : ''}${rule}`;
  return ValidateBy({ name: CHECK, constraints: [schema], validator: { validate: test, defaultMessage } }, { each });
}

const schemas = new Map<new () => object, Schema>();

/** The JSON Schema of a class whose fields are decorated with the decorators of this file; nested ones stand in place. */
export function schemaOf(type: new () => object): Schema {
  let schema = schemas.get(type);
  if (!schema) {
    const additionalConverters = {
      [CHECK]: (meta: { constraints: unknown[] }) => (meta.constraints[0] as () => Schema)(),
      nestedValidation: {},
    };
    schema = targetConstructorToSchema(type, { additionalConverters } as never) as Schema;
    schemas.set(type, schema);
  }
  return schema;
}

/** Of a longer list only the beginning is looked at: words take their time, and a sender may have made it long for that. */
const MOST_OF_A_LIST = 51;
const NESTED = Symbol('nested');

/** The names of a class's fields. */
export function fieldsOf(type: new () => object): readonly string[] {
  return Object.keys(schemaOf(type)['properties'] as object);
}

/**
 * A class's instance, for class-validator to look at: its own fields and no others, whatever names a sender thought of
 * (`constructor`, which class-transformer trips over).
 */
export function instanceOf<T extends object>(type: new () => T, value: JsonObject): T {
  const fields = fieldsOf(type).filter((name) => Object.hasOwn(value, name));
  const values = fields.map((name) => {
    const nested = Reflect.getMetadata(NESTED, type.prototype as object, name) as (() => new () => object) | undefined;
    return [name, nested ? nestedIn(nested(), value[name]) : value[name]];
  });
  return Object.assign(new type(), Object.fromEntries(values));
}

function nestedIn(type: new () => object, value: unknown): unknown {
  if (Array.isArray(value))
    return value.slice(0, MOST_OF_A_LIST).map((item: unknown) => (isPlainObject(item) ? instanceOf(type, item) : item));
  return isPlainObject(value) ? instanceOf(type, value) : value;
}

/** What a field means, where its name does not say it: for the reference and the schemas. */
export const Doc = (description: string): PropertyDecorator => JSONSchema({ description }) as PropertyDecorator;

/** No other fields than the class's own. */
export const Closed = (): ClassDecorator => JSONSchema({ additionalProperties: false }) as ClassDecorator;

/** May be left out. May not be null: a fold would take that for a value. */
export const Optional = () => ValidateIf((_, value) => value !== undefined);

const codePoints = (text: string) => {
  let count = text.length;
  for (let at = 1; at < text.length; at++) if (isLow(text, at) && isHigh(text, at - 1)) count--;
  return count;
};
const isHigh = (text: string, at: number) => (text.charCodeAt(at) & 0xfc00) === 0xd800;
const isLow = (text: string, at: number) => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/** Characters are counted as JSON Schema does, by code point. */
export const Text = (min: number, max: number) =>
  check({
    test: (value) => typeof value === 'string' && codePoints(value) >= min && codePoints(value) <= max,
    schema: () => ({ type: 'string', ...(min > 0 ? { minLength: min } : {}), maxLength: max }),
    rule: min > 0 ? `text of ${min} to ${max} characters` : `text of at most ${max} characters`,
  });

/** Text of one form. `rule` completes "must be …". */
export const Form = (pattern: RegExp, rule: string, each = false) =>
  check({
    test: (value) => typeof value === 'string' && pattern.test(value),
    schema: () => ({ type: 'string', pattern: pattern.source }),
    rule,
    each,
  });

const number = (type: 'number' | 'integer', min: number, max: number, rule: string) =>
  check({
    test: (value) =>
      (type === 'integer' ? Number.isInteger(value) : Number.isFinite(value)) &&
      (value as number) >= min &&
      (value as number) <= max,
    schema: () => ({ type, minimum: min, maximum: max }),
    rule,
  });

/** An identifier of a thing (order, case, survey), 1 to 200 characters. */
export const Ref = () => Text(1, 200);
/** A short word of the company's own: a reason, a stage, a category. */
export const Word = () => Text(0, 500);
export const Flag = () => IsBoolean();
/** A duration in seconds; fractions allowed. */
export const Seconds = () => number('number', 0, 10 * 365 * 86_400, 'a number of seconds, 0 or more');
export const Count = () => number('integer', 0, 1_000_000_000, 'a whole number, 0 or more');
export const Integer = (min: number, max: number) =>
  number('integer', min, max, `a whole number from ${min} to ${max}`);
export const Decimal = (min: number, max: number) => number('number', min, max, `a number from ${min} to ${max}`);
export const OneOf = (...values: readonly string[]) => IsIn(values);

const format = (name: string, rule: string) =>
  check({
    test: (value) => typeof value === 'string' && FORMATS[name]!(value),
    schema: () => ({ type: 'string', format: name }),
    rule,
  });
/** RFC 3339 with an explicit offset. */
export const Time = () => format('date-time', 'an RFC 3339 time with its offset, such as 2024-05-01T12:00:00Z');
export const Currency = () => format('iso-4217', 'an ISO 4217 currency code such as EUR');

/** A free-form object within `JSON_BOUNDS`. */
export const Free = () =>
  check({
    test: isBoundedObject,
    schema: () => ({ type: 'object', [BOUNDED]: true }),
    rule: `an object of finite size: at most ${JSON_BOUNDS.depth} levels deep and ${JSON_BOUNDS.size} characters long, its numbers finite`,
  });

export const Nested = (of: () => new () => object) =>
  all(
    check({ test: isPlainObject, schema: () => schemaOf(of()), rule: 'an object' }),
    ValidateNested(),
    Reflect.metadata(NESTED, of) as PropertyDecorator,
  );

const list = (items: () => Schema, most: number) =>
  check({
    test: (value) => Array.isArray(value) && value.length <= most,
    schema: () => ({ type: 'array', maxItems: most, items: items() }),
    rule: `a list of at most ${most}`,
  });

export const ListOf = (of: () => new () => object, most: number) =>
  all(
    list(() => schemaOf(of()), most),
    check({ test: isPlainObject, schema: () => ({}), rule: 'an object', each: true }),
    ValidateNested({ each: true }),
    Reflect.metadata(NESTED, of) as PropertyDecorator,
  );

/** A list of texts of one form. */
export const Words = (pattern: RegExp, rule: string, most: number) =>
  all(
    list(() => ({ type: 'string', pattern: pattern.source }), most),
    Form(pattern, rule, true),
  );

/** An amount in minor units (cents) of an ISO 4217 currency. */
export class MoneyValue {
  @Doc('Minor units: cents.')
  @Integer(-1e12, 1e12)
  minor!: number;
  @Currency() currency!: string;
}
export const Amount = () => Nested(() => MoneyValue);
