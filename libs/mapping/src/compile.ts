/**
 * A map bound to its files' columns: each value of a touchpoint as one function of a row. What does not fit is noted in the
 * row's context, and the row goes on, so that all that is wrong with it is told at once.
 */
import type { JsonObject, JsonValue } from '@throughline/contracts';
import type { Condition, JoinDefinition, Typed, Value } from './definition.ts';
import { NOTHING, type JoinedRow, type Table } from './joins.ts';
import { decimal, duration, integer, isCurrency, minorUnits } from './numbers.ts';
import type { RowProblem } from './problem.ts';
import type { Cells, Getter } from './rows.ts';
import type { Reference, Special, Template, TemplatePart } from './template.ts';
import type { TimeReader } from './times.ts';

/** One row while it is being mapped. */
export interface RowContext {
  readonly cells: Cells;
  readonly special: (name: Special) => string;
  /** The rows each join found for this row, by the join's place; undefined until it is asked for. */
  readonly joined: (readonly JoinedRow[] | undefined)[];
  readonly problems: RowProblem[];
}

/** Undefined for a blank. */
export type Read<T> = (row: RowContext) => T | undefined;

export interface Binding {
  getter(column: string): Getter;
  readonly joins: readonly JoinDefinition[];
  readonly tables: ReadonlyMap<string, Table>;
  readonly blank: ReadonlySet<string>;
}

export class Compiler {
  readonly #binding: Binding;
  readonly #places: ReadonlyMap<string, number>;
  readonly #lookups: readonly Read<readonly JoinedRow[]>[];
  /** For each join, the joins whose keys are made of its columns: their rows change with its. */
  readonly #dependents: readonly (readonly number[])[];

  constructor(binding: Binding) {
    this.#binding = binding;
    this.#places = new Map(binding.joins.map((join, i) => [join.name, i]));
    this.#lookups = binding.joins.map((join) => this.#lookup(join));
    this.#dependents = binding.joins.map(({ name }) => this.#dependentsOf(name));
  }

  value(value: Value): Read<JsonValue> {
    switch (value.kind) {
      case 'constant':
        return value.value === '' ? () => undefined : () => value.value;
      case 'typed':
        return this.#typed(value);
      case 'elapsed':
        return this.#elapsed(value);
      case 'object':
        return this.object(value.members);
      case 'each':
        return this.#each(value.join, this.value(value.value));
      case 'count': {
        const place = this.#places.get(value.join)!;
        return (row) => this.#rowsOf(row, place).length;
      }
    }
  }

  /** Undefined when every member is blank. */
  object(members: readonly (readonly [string, Value])[]): Read<JsonObject> {
    const read = members.map(([name, value]) => [name, this.value(value)] as const);
    return (row) => {
      const object: Record<string, JsonValue> = {};
      let some = false;
      for (const [name, member] of read) {
        const value = member(row);
        if (value === undefined) continue;
        object[name] = value;
        some = true;
      }
      return some ? object : undefined;
    };
  }

  /** A value as text, whatever it was. */
  text(value: Value): Read<string> {
    const read = this.value(value);
    return (row) => {
      const found = read(row);
      return found === undefined || typeof found === 'string'
        ? found
        : typeof found === 'object'
          ? JSON.stringify(found)
          : String(found);
    };
  }

  conditions(conditions: readonly Condition[]): (row: RowContext) => boolean {
    const tests = conditions.map(({ template, holds }) => {
      const text = this.#template(template);
      return (row: RowContext) => holds(text(row) ?? '');
    });
    return (row) => tests.every((test) => test(row));
  }

  #typed(value: Extract<Value, { kind: 'typed' }>): Read<JsonValue> {
    const text = this.#template(value.from);
    const { words, blank, field } = value;
    const convert = this.#convert(value.typed, field);
    const applies = value.when.length > 0 ? this.conditions(value.when) : undefined;
    const otherwise =
      value.otherwise === undefined
        ? undefined
        : value.otherwise === 'nothing'
          ? () => undefined
          : this.value(value.otherwise);
    if (!words && blank.size === 0 && !applies && !otherwise) {
      return (row) => {
        const found = text(row);
        return found === undefined ? undefined : convert(found, row);
      };
    }
    return (row) => {
      if (applies && !applies(row)) return undefined;
      const found = text(row);
      if (found === undefined || blank.has(found)) return otherwise?.(row);
      if (!words) return convert(found, row);
      const word = words.get(found);
      if (word !== undefined) return convert(word, row);
      if (otherwise) return otherwise(row);
      row.problems.push({
        field,
        message: 'the value is not among those that `map:` names; name it there, or say what else to write in `else:`',
      });
      return undefined;
    };
  }

  #convert(typed: Typed, field: string): (text: string, row: RowContext) => JsonValue | undefined {
    const or =
      (what: string, read: (text: string) => JsonValue | undefined) =>
      (text: string, row: RowContext): JsonValue | undefined => {
        const value = read(text);
        if (value === undefined) row.problems.push({ field, message: `the value is not ${what}` });
        return value;
      };
    switch (typed.as) {
      case 'text':
        return (text) => text;
      case 'int':
        return or('a whole number', (text) => integer(text, typed.mark));
      case 'decimal':
        return or('a number', (text) => decimal(text, typed.mark));
      case 'duration':
        return or('a duration, such as 00:06:12, PT6M12S or a number', (text) =>
          duration(text, typed.unit, typed.mark),
        );
      case 'boolean':
        return or(`one of ${[...typed.yes, ...typed.no].join(', ')}`, (text) => {
          const word = text.toLowerCase();
          return typed.yes.has(word) ? true : typed.no.has(word) ? false : undefined;
        });
      case 'time':
        return or('a time in the format that the map names', (text) => timeText(typed.read, text));
      case 'date':
        return or('a date in the format that the map names', (text) => timeText(typed.read, text)?.slice(0, 10));
      case 'money':
        return this.#money(typed, field);
    }
  }

  #money(
    { currency, mark }: Extract<Typed, { as: 'money' }>,
    field: string,
  ): (text: string, row: RowContext) => JsonValue | undefined {
    const currencyOf = this.#template(currency);
    return (text, row) => {
      const code = currencyOf(row)?.toUpperCase();
      if (code === undefined || !isCurrency(code)) {
        row.problems.push({ field, message: 'its currency is not an ISO 4217 code' });
        return undefined;
      }
      const minor = minorUnits(text, code, mark);
      if (minor !== undefined) return { minor, currency: code };
      row.problems.push({ field, message: `the value is not an amount of ${code}` });
      return undefined;
    };
  }

  #elapsed({ since, until, read, field }: Extract<Value, { kind: 'elapsed' }>): Read<number> {
    const [sinceText, untilText] = [this.#template(since), this.#template(until)];
    return (row) => {
      const [from, to] = [sinceText(row), untilText(row)];
      if (from === undefined || to === undefined) return undefined;
      const [start, end] = [read(from), read(to)];
      if (start !== undefined && end !== undefined && end >= start) return (end - start) / 1000;
      row.problems.push({
        field,
        message: 'the values are not two times, one at or after the other, in the format that the map names',
      });
      return undefined;
    };
  }

  #each(join: string, read: Read<JsonValue>): Read<JsonValue[]> {
    const place = this.#places.get(join)!;
    const dependents = this.#dependents[place]!;
    return (row) => {
      const list: JsonValue[] = [];
      for (const one of this.#rowsOf(row, place)) {
        const joined = [...row.joined];
        joined[place] = [one];
        for (const dependent of dependents) joined[dependent] = undefined;
        const value = read({ ...row, joined });
        if (value !== undefined) list.push(value);
      }
      return list.length > 0 ? list : undefined;
    };
  }

  #template({ parts }: Template): Read<string> {
    const reads = parts.map((part) => this.#part(part));
    const [only] = reads;
    if (reads.length === 0) return () => undefined;
    if (reads.length === 1) return (row) => only!(row) || undefined;
    return (row) => {
      let text = '';
      for (const read of reads) {
        const part = read(row);
        if (part === undefined) return undefined;
        text += part;
      }
      return text.trim() || undefined;
    };
  }

  #part(part: TemplatePart): Read<string> {
    if (typeof part === 'string') return () => part;
    const raw = this.#column(part);
    const { filters } = part;
    const filtered: Read<string> =
      filters.length === 0
        ? raw
        : (row) => {
            const text = raw(row);
            return text === undefined ? undefined : filters.reduce((value, filter) => filter(value), text);
          };
    return part.optional ? (row) => filtered(row) ?? '' : filtered;
  }

  #column({ join, column }: Reference): Read<string> {
    if (join !== undefined) {
      const place = this.#places.get(join)!;
      const slot = this.#binding.tables.get(join)!.columns.indexOf(column);
      return (row) => this.#rowsOf(row, place)[0]?.[slot];
    }
    if (column.startsWith('$')) return (row) => row.special(column as Special);
    const get = this.#binding.getter(column);
    const { blank } = this.#binding;
    return (row) => {
      const text = get(row.cells)?.trim();
      return text === undefined || text === '' || blank.has(text) ? undefined : text;
    };
  }

  #rowsOf(row: RowContext, place: number): readonly JoinedRow[] {
    return (row.joined[place] ??= this.#lookups[place]!(row) ?? NOTHING);
  }

  #lookup(join: JoinDefinition): Read<readonly JoinedRow[]> {
    // A join's key may be made of joins declared above it only, so this ends.
    let key: Read<string> | undefined;
    return (row) => {
      key ??= this.#template(join.on);
      const text = key(row);
      const found = text === undefined ? undefined : this.#binding.tables.get(join.name)!.rows.get(text);
      if (!found && join.required) {
        row.problems.push({
          field: `joins.${join.name}`,
          message: `no row of ${join.file} has this row’s \`${join.key}\``,
        });
      }
      return found;
    };
  }

  #dependentsOf(name: string): number[] {
    const names = new Set([name]);
    return this.#binding.joins.flatMap((join, i) => {
      const depends = join.on.parts.some(
        (part) => typeof part !== 'string' && part.join !== undefined && names.has(part.join),
      );
      if (depends) names.add(join.name);
      return depends ? [i] : [];
    });
  }
}

function timeText(read: TimeReader, text: string): string | undefined {
  const ms = read(text);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
