/** A map's YAML to its definition. */
import { DIMENSIONS } from '@throughline/contracts';
import type {
  Condition,
  JoinDefinition,
  MapDefinition,
  TouchpointDefinition,
  Typed,
  Use,
  Value,
} from './definition.ts';
import { DIALECT_FIELDS, readDialect } from './dialect.ts';
import { nearest } from './nearest.ts';
import { DURATION_UNITS, isCurrency, type DecimalMark, type DurationUnit } from './numbers.ts';
import { Reading, type Entry } from './reading.ts';
import { parseTemplate, SPECIALS, type Template } from './template.ts';
import { isZone, saysOffset, TIME_FORMAT_HELP, timeReader, type TimeReader } from './times.ts';

const MAP_FIELDS = [
  ...DIALECT_FIELDS,
  'source',
  'zone',
  'times',
  'currency',
  'decimal',
  'joins',
  'where',
  'touchpoints',
] as const;
const JOIN_FIELDS = [...DIALECT_FIELDS, 'file', 'key', 'on', 'many', 'required'] as const;
const TOUCHPOINT_FIELDS = [
  'type',
  'source',
  'id',
  'time',
  'sentAt',
  'when',
  ...DIMENSIONS,
  'identifiers',
  'facts',
  'traits',
  'text',
] as const;
const KINDS = ['text', 'int', 'decimal', 'money', 'duration', 'boolean', 'time', 'date'] as const;
const VALUE_FIELDS = [
  'from',
  'as',
  'map',
  'else',
  'when',
  'blank',
  'format',
  'zone',
  'currency',
  'decimal',
  'unit',
  'yes',
  'no',
] as const;
const UNITS = Object.keys(DURATION_UNITS) as DurationUnit[];
const YES = ['yes', 'y', 'true', 't', '1'];
const NO = ['no', 'n', 'false', 'f', '0'];

/**
 * Reads a map.
 *
 * @param file its name, for messages.
 * @throws MapError with everything that is wrong, each with its line and what to write.
 */
export function readMap(yaml: string, file: string): MapDefinition {
  const reading = new Reading(yaml, file);
  const map = new MapReader().read(reading.root, file);
  reading.finish();
  return map;
}

/** What values inherit from the map's head. */
interface Defaults {
  readonly zone: string | undefined;
  readonly formats: readonly string[] | undefined;
  readonly currency: Template | undefined;
  readonly mark: DecimalMark;
}

class MapReader {
  readonly #uses: Use[] = [];
  /** Joins that may be named where the reading now stands. */
  readonly #joins = new Set<string>();
  #manyJoins = new Set<string>();
  #defaults: Defaults = { zone: undefined, formats: undefined, currency: undefined, mark: '.' };

  read(root: Entry, file: string): MapDefinition {
    const map = root.known(MAP_FIELDS);
    const dialect = readDialect(map);
    const joins = map.joins ? this.#readJoins(map.joins) : [];
    this.#defaults = {
      zone: map.zone && zoneOf(map.zone),
      formats: map.times && formatsOf(map.times),
      currency: map.currency && this.#currency(map.currency),
      mark: map.decimal?.oneOf(['.', ',']) ?? '.',
    };
    const source =
      map.source ??
      root.problem('needs `source:`, the name of the system that says these things, such as `contact-centre`');
    const touchpoints = map.touchpoints?.list() ?? [];
    if (touchpoints.length === 0)
      (map.touchpoints ?? root).problem(
        'needs `touchpoints:`, a list with one entry for each touchpoint that a row becomes',
      );
    const where = map.where ? this.#conditions(map.where) : [];
    const defined = touchpoints.map((entry) => this.#touchpoint(entry, source, touchpoints.length));
    return { file, dialect, joins, where, touchpoints: defined, uses: this.#uses };
  }

  #readJoins(entry: Entry): JoinDefinition[] {
    return entry.entries().map(([name, join]) => {
      if (!/^[a-z][a-z0-9_-]*$/i.test(name)) join.problem('name a join by letters, digits, - and _');
      const fields = join.known(JOIN_FIELDS);
      const key =
        fields.key?.text() ?? this.#missing(join, 'key', 'the column of the joined file by which its rows are found');
      const file =
        fields.file?.text() ??
        this.#missing(join, 'file', 'the file’s name, beside the imported file or beside the map');
      const on = fields.on ? this.#template(fields.on) : this.#parsed(`{${key}}`, join);
      const many = fields.many?.flag() ?? false;
      this.#joins.add(name);
      if (many) this.#manyJoins.add(name);
      this.#uses.push({ join: name, column: key, field: `${join.field}.key`, line: fields.key?.line ?? join.line });
      return {
        name,
        file,
        key,
        on,
        many,
        required: fields.required?.flag() ?? false,
        dialect: readDialect(fields),
        line: join.line,
      };
    });
  }

  #missing(entry: Entry, name: string, what: string): string {
    entry.problem(`needs \`${name}:\`, ${what}`);
    return '?';
  }

  #touchpoint(entry: Entry, source: Entry | undefined, siblings: number): TouchpointDefinition {
    const fields = entry.known(TOUCHPOINT_FIELDS);
    const empty: Value = { kind: 'constant', value: '', field: entry.field };
    if (!fields.type) entry.problem('needs `type:`, what happened, such as `call.ended`');
    if (!fields.time) entry.problem("needs `time:`, when it happened to the customer, such as `time: '{date}'`");
    if (!fields.id && siblings > 1)
      entry.problem(
        "needs `id:`, since a row becomes several touchpoints; where rows have no id, write `id: '{$row}:a-word-of-its-own'`",
      );
    return {
      type: fields.type ? this.#value(fields.type) : empty,
      source: source ? this.#value(fields.source ?? source) : empty,
      id: fields.id
        ? this.#value(fields.id)
        : { kind: 'typed', from: this.#parsed('{$row}', entry), ...PLAIN, field: `${entry.field}.id` },
      time: fields.time ? this.#value(fields.time, 'time') : empty,
      sentAt: fields.sentAt && this.#value(fields.sentAt, 'time'),
      when: fields.when ? this.#conditions(fields.when) : [],
      dimensions: DIMENSIONS.flatMap((name) => (fields[name] ? [[name, this.#value(fields[name])] as const] : [])),
      identifiers: (fields.identifiers?.entries() ?? []).flatMap(([type, values]) =>
        values.items().map((value) => [type, this.#value(value)] as const),
      ),
      facts: this.#members(fields.facts),
      traits: this.#members(fields.traits),
      text: fields.text && this.#value(fields.text),
    };
  }

  #members(entry: Entry | undefined): (readonly [string, Value])[] {
    return (entry?.entries() ?? []).map(([name, value]) => [name, this.#value(value)] as const);
  }

  #value(entry: Entry, as: (typeof KINDS)[number] = 'text'): Value {
    const { field } = entry;
    if (!entry.isMap) return this.#plainValue(entry, as);
    const names = entry.entries().map(([name]) => name);
    if (names.includes('each')) return this.#each(entry);
    if (names.includes('count')) return { kind: 'count', join: this.#manyJoin(entry.known(['count']).count), field };
    if (names.includes('since')) return this.#elapsed(entry);
    if (names.includes('from')) return this.#typed(entry, as);
    const misspelt = names.every((name) => (VALUE_FIELDS as readonly string[]).includes(name));
    if (misspelt) entry.problem("needs `from:`, the column it is read from, such as `from: '{column}'`");
    return { kind: 'object', members: this.#members(entry), field };
  }

  /** A constant, or a template. */
  #plainValue(entry: Entry, as: (typeof KINDS)[number]): Value {
    const { field } = entry;
    const scalar = entry.scalar();
    if (as === 'text' && (typeof scalar === 'number' || typeof scalar === 'boolean'))
      return { kind: 'constant', value: scalar, field };
    const from = this.#template(entry);
    return {
      kind: 'typed',
      from,
      typed: this.#kind(as, entry, {}),
      words: undefined,
      otherwise: undefined,
      when: [],
      blank: NONE,
      field,
    };
  }

  #each(entry: Entry): Value {
    const fields = entry.known(['each', 'value']);
    if (!fields.value) entry.problem('needs `value:`, what each joined row becomes');
    return {
      kind: 'each',
      join: this.#manyJoin(fields.each),
      value: fields.value ? this.#value(fields.value) : { kind: 'constant', value: '', field: entry.field },
      field: entry.field,
    };
  }

  #manyJoin(entry: Entry | undefined): string {
    const name = entry?.text() ?? '';
    if (!this.#manyJoins.has(name))
      entry?.problem(
        `names no join with \`many: true\`${this.#manyJoins.size > 0 ? `; there is ${[...this.#manyJoins].join(', ')}` : ''}`,
      );
    return name;
  }

  #elapsed(entry: Entry): Value {
    const fields = entry.known(['since', 'until', 'format', 'zone']);
    if (!fields.until) entry.problem('needs `until:`, the later of the two times');
    const since = this.#template(fields.since!);
    const until = fields.until ? this.#template(fields.until) : since;
    return { kind: 'elapsed', since, until, read: this.#timeReader(entry, fields), field: entry.field };
  }

  #typed(entry: Entry, as: (typeof KINDS)[number]): Value {
    const fields = entry.known(VALUE_FIELDS);
    const words = fields.map?.entries().map(([word, meaning]) => [word, meaning.text() ?? ''] as const);
    const kind = fields.as?.oneOf(KINDS) ?? as;
    return {
      kind: 'typed',
      from: this.#template(fields.from!),
      typed: this.#kind(kind, entry, fields),
      words: words && new Map(words),
      otherwise: fields.else && (fields.else.isNull ? 'nothing' : this.#value(fields.else, kind)),
      when: fields.when ? this.#conditions(fields.when) : [],
      blank: fields.blank ? wordsOf(fields.blank) : NONE,
      field: entry.field,
    };
  }

  #kind(
    as: (typeof KINDS)[number],
    entry: Entry,
    fields: Readonly<Partial<Record<(typeof VALUE_FIELDS)[number], Entry>>>,
  ): Typed {
    const only = (names: readonly (typeof VALUE_FIELDS)[number][], kinds: readonly string[]) => {
      for (const name of names)
        if (!kinds.includes(as))
          fields[name]?.problem(`is for ${kinds.map((kind) => `\`as: ${kind}\``).join(', ')} only`);
    };
    only(['format', 'zone'], ['time', 'date']);
    only(['currency'], ['money']);
    only(['decimal'], ['int', 'decimal', 'money', 'duration']);
    only(['unit'], ['duration']);
    only(['yes', 'no'], ['boolean']);
    const mark = fields.decimal?.oneOf(['.', ',']) ?? this.#defaults.mark;
    switch (as) {
      case 'text':
        return { as };
      case 'int':
      case 'decimal':
        return { as, mark };
      case 'duration':
        return { as, mark, unit: fields.unit?.oneOf(UNITS) ?? 's' };
      case 'boolean':
        return { as, yes: lowered(fields.yes, YES), no: lowered(fields.no, NO) };
      case 'money':
        return {
          as,
          mark,
          currency:
            (fields.currency ? this.#currency(fields.currency) : this.#defaults.currency) ?? this.#noCurrency(entry),
        };
      case 'time':
      case 'date':
        return { as, read: this.#timeReader(entry, fields, as) };
    }
  }

  #noCurrency(entry: Entry): Template {
    entry.problem('needs `currency:`, such as `currency: USD`, here or at the head of the map');
    return { parts: [] };
  }

  #currency(entry: Entry): Template {
    const template = this.#template(entry);
    const [only] = template.parts;
    if (typeof only === 'string' && template.parts.length === 1 && !isCurrency(only))
      entry.problem(`knows no currency \`${only}\`: write its ISO 4217 code, such as USD`);
    return template;
  }

  #timeReader(
    entry: Entry,
    fields: { readonly format?: Entry; readonly zone?: Entry },
    as: 'time' | 'date' = 'time',
  ): TimeReader {
    const formats = (fields.format ? formatsOf(fields.format) : this.#defaults.formats) ?? ['iso'];
    // A date alone is the same day in every zone.
    const zone = as === 'date' ? 'UTC' : fields.zone ? zoneOf(fields.zone) : this.#defaults.zone;
    if (zone === undefined && !formats.every(saysOffset)) {
      entry.problem(
        'needs `zone:`, since its format says no offset: write the zone in which the source tells time, such as `zone: Europe/Berlin`, here or at the head of the map',
      );
    }
    return timeReader(formats, zone);
  }

  #conditions(entry: Entry): Condition[] {
    return entry.entries().map(([name, test]) => ({
      template: this.#parsed(name.includes('{') ? name : `{${name}}`, test, true),
      holds: testOf(test),
    }));
  }

  #template(entry: Entry): Template {
    return this.#parsed(entry.text() ?? '', entry);
  }

  #parsed(text: string, entry: Entry, mayBeBlank = false): Template {
    const template = parseTemplate(text, this.#joins);
    if (typeof template === 'string') {
      entry.problem(template);
      return { parts: [] };
    }
    for (const part of template.parts) {
      if (typeof part === 'string') continue;
      if (part.join === undefined && part.column.startsWith('$')) {
        if (!(SPECIALS as readonly string[]).includes(part.column))
          entry.problem(`knows no \`${part.column}\`: there is ${SPECIALS.join(', ')}`);
      } else {
        this.#uses.push({ join: part.join, column: part.column, field: entry.field, line: entry.line });
      }
    }
    return mayBeBlank
      ? { parts: template.parts.map((part) => (typeof part === 'string' ? part : { ...part, optional: true })) }
      : template;
  }
}

const NONE: ReadonlySet<string> = new Set();
const PLAIN = { typed: { as: 'text' }, words: undefined, otherwise: undefined, when: [], blank: NONE } as const;

function testOf(entry: Entry): Condition['holds'] {
  if (!entry.isMap) {
    const words = wordsOf(entry);
    return (text) => words.has(text);
  }
  const fields = entry.known(['not', 'blank', 'matches']);
  const tests: Condition['holds'][] = [];
  if (fields.not) {
    const words = wordsOf(fields.not);
    tests.push((text) => !words.has(text));
  }
  if (fields.blank) {
    const wanted = fields.blank.flag();
    tests.push((text) => (text === '') === wanted);
  }
  if (fields.matches) {
    const pattern = regexOf(fields.matches);
    tests.push((text) => pattern.test(text));
  }
  return (text) => tests.every((test) => test(text));
}

function regexOf(entry: Entry): RegExp {
  try {
    return new RegExp(entry.text() ?? '', 'u');
  } catch {
    entry.problem('is not a regular expression');
    return /$/;
  }
}

const wordsOf = (entry: Entry): ReadonlySet<string> => new Set(entry.items().map((item) => item.word() ?? ''));

const lowered = (entry: Entry | undefined, otherwise: readonly string[]): ReadonlySet<string> =>
  new Set(entry ? [...wordsOf(entry)].map((word) => word.toLowerCase()) : otherwise);

function zoneOf(entry: Entry): string | undefined {
  const zone = entry.text();
  return zone === undefined || isZone(zone)
    ? zone
    : entry.problem(`knows no time zone \`${zone}\`: write an IANA name such as \`America/New_York\`, or UTC`);
}

function formatsOf(entry: Entry): readonly string[] {
  return entry.items().flatMap((item) => {
    const format = item.text();
    if (format === undefined) return [];
    const misspelt = nearest(format, ['iso', 'epoch-seconds', 'epoch-milliseconds']);
    const known = ['iso', 'epoch-seconds', 'epoch-milliseconds'].includes(format) || /y|o|L|D|t|f/i.test(format);
    if (!known || (misspelt && format.startsWith('epoch') && misspelt !== format))
      item.problem(`is no time format: write ${TIME_FORMAT_HELP}`);
    return [format];
  });
}
