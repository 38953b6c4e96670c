/**
 * Reads YAML so that everything wrong with it can be told at once, each thing with its line, its place and what to write.
 * An `Entry` is a value in the document that knows where it stands.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { nearest } from './nearest.ts';
import { MapError, type MapProblem } from './problem.ts';

export class Reading {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;
  readonly #problems: MapProblem[] = [];

  constructor(text: string, file: string) {
    this.#file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines });
    for (const error of this.#document.errors) {
      this.#problems.push({
        line: error.linePos?.[0].line,
        field: '',
        message: `is not YAML: ${error.message.split('\n')[0]!.replace(/ at line .*/, '')}`,
      });
    }
    this.finish();
  }

  get root(): Entry {
    return new Entry(this, this.#document.contents, '', undefined);
  }

  resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  lineOf(node: unknown): number | undefined {
    const offset = (node as Node | null)?.range?.[0];
    return offset === undefined ? undefined : this.#lines.linePos(offset).line;
  }

  problem(line: number | undefined, field: string, message: string): void {
    this.#problems.push({ line, field, message });
  }

  /** @throws MapError when anything was wrong so far. */
  finish(): void {
    if (this.#problems.length > 0) throw new MapError(this.#file, this.#problems);
  }
}

export class Entry {
  readonly field: string;
  readonly line: number | undefined;
  readonly #reading: Reading;
  readonly #node: unknown;

  constructor(reading: Reading, node: unknown, field: string, keyNode: unknown) {
    this.#reading = reading;
    this.#node = reading.resolve(node);
    this.field = field;
    this.line = reading.lineOf(node) ?? reading.lineOf(keyNode);
  }

  /** Notes what is wrong here; the reading goes on. */
  problem(message: string): undefined {
    this.#reading.problem(this.line, this.field, message);
    return undefined;
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  get isNull(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  /** The text, number, boolean or null that stands here; undefined (and a problem) where a list or mapping does. */
  scalar(): string | number | boolean | null | undefined {
    const value: unknown = isScalar(this.#node) ? this.#node.value : this.#node === null ? null : undefined;
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return this.problem('write one value here, not a list or a mapping');
  }

  /** The text that stands here; numbers and booleans as they are written. */
  text(): string | undefined {
    const value = this.scalar();
    if (value === undefined) return undefined;
    if (value === null || value === '') return this.problem('is empty: write a value, or leave the line out');
    return typeof value === 'string' ? value : (isScalar(this.#node) && this.#node.source) || String(value);
  }

  /** The text as it is written, also where YAML would take it for something else: `NULL`, `no`, `007`. */
  word(): string | undefined {
    return isScalar(this.#node) && this.#node.source ? this.#node.source : this.text();
  }

  oneOf<T extends string>(words: readonly T[]): T | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    const word = words.find((candidate) => candidate === text);
    return word ?? this.problem(`knows no \`${text}\`: write ${words.map((w) => `\`${w}\``).join(', ')}`);
  }

  flag(): boolean | undefined {
    const value = this.scalar();
    return typeof value === 'boolean' ? value : this.problem('write true or false');
  }

  count(): number | undefined {
    const value = this.scalar();
    return typeof value === 'number' && Number.isInteger(value) && value >= 0
      ? value
      : this.problem('write a whole number, 0 or more');
  }

  list(): readonly Entry[] {
    if (!isSeq(this.#node)) {
      this.problem('write a list here: one item a line, each after a dash');
      return [];
    }
    return this.#node.items.map((item, i) => new Entry(this.#reading, item, `${this.field}[${i}]`, this.#node));
  }

  /** A list, or a single item standing for a list of one. */
  items(): readonly Entry[] {
    return this.isList ? this.list() : [this];
  }

  /** The items of a mapping whose names are free. */
  entries(): readonly (readonly [name: string, entry: Entry])[] {
    if (!isMap(this.#node)) {
      this.problem('write a mapping here: `name: value` lines, indented');
      return [];
    }
    return this.#node.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.source ?? key.value) : String(key);
      return [name, new Entry(this.#reading, value, this.field === '' ? name : `${this.field}.${name}`, key)] as const;
    });
  }

  /** The items of a mapping whose names are known; any other name is a problem. */
  known<N extends string>(names: readonly N[]): Readonly<Partial<Record<N, Entry>>> {
    const found: Partial<Record<N, Entry>> = {};
    for (const [name, entry] of this.entries()) {
      const known = names.find((candidate) => candidate === name);
      if (known !== undefined) found[known] = entry;
      else {
        const meant = nearest(name, names);
        entry.problem(`is not known here${meant ? `; did you mean \`${meant}\`?` : '.'} Known: ${names.join(', ')}`);
      }
    }
    return found;
  }
}
