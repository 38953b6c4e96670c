/** What a map says, read and checked: see docs/guides/import.md for the grammar. */
import type { Dimension } from '@throughline/contracts';
import type { Dialect } from './dialect.ts';
import type { DecimalMark, DurationUnit } from './numbers.ts';
import type { Template } from './template.ts';
import type { TimeReader } from './times.ts';

export interface MapDefinition {
  /** The map's own name, for messages. */
  readonly file: string;
  readonly dialect: Dialect;
  /** In the order in which they may build on each other. */
  readonly joins: readonly JoinDefinition[];
  readonly where: readonly Condition[];
  readonly touchpoints: readonly TouchpointDefinition[];
  /** Every column that is named anywhere, so that a misspelt one is told before anything is sent. */
  readonly uses: readonly Use[];
}

export interface Use {
  readonly join: string | undefined;
  readonly column: string;
  readonly field: string;
  readonly line: number | undefined;
}

/** Another file, held in memory by one of its columns: only the columns that the map names are kept. */
export interface JoinDefinition {
  readonly name: string;
  readonly file: string;
  readonly key: string;
  readonly on: Template;
  /** Whether a key may occur in several rows of the joined file. */
  readonly many: boolean;
  /** Whether a row that finds no partner is unfit. */
  readonly required: boolean;
  readonly dialect: Dialect;
  readonly line: number | undefined;
}

export interface Condition {
  readonly template: Template;
  /** Of the column's text, empty when it is blank. */
  readonly holds: (text: string) => boolean;
}

export interface TouchpointDefinition {
  readonly type: Value;
  readonly source: Value;
  readonly id: Value;
  readonly time: Value;
  readonly sentAt: Value | undefined;
  readonly when: readonly Condition[];
  readonly dimensions: readonly (readonly [Dimension, Value])[];
  readonly identifiers: readonly (readonly [type: string, value: Value])[];
  readonly facts: readonly (readonly [name: string, value: Value])[];
  readonly traits: readonly (readonly [name: string, value: Value])[];
  readonly text: Value | undefined;
}

/** One value of a touchpoint, made of a row. Blank values are left out. */
export type Value = { readonly field: string } & (
  | { readonly kind: 'constant'; readonly value: string | number | boolean }
  | {
      readonly kind: 'typed';
      readonly from: Template;
      readonly typed: Typed;
      readonly words: ReadonlyMap<string, string> | undefined;
      readonly otherwise: Value | 'nothing' | undefined;
      readonly when: readonly Condition[];
      readonly blank: ReadonlySet<string>;
    }
  | { readonly kind: 'elapsed'; readonly since: Template; readonly until: Template; readonly read: TimeReader }
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: Value])[] }
  | { readonly kind: 'each'; readonly join: string; readonly value: Value }
  | { readonly kind: 'count'; readonly join: string }
);

/** How a value's text is read. */
export type Typed =
  | { readonly as: 'text' }
  | { readonly as: 'int' | 'decimal'; readonly mark: DecimalMark }
  | { readonly as: 'money'; readonly mark: DecimalMark; readonly currency: Template }
  | { readonly as: 'duration'; readonly mark: DecimalMark; readonly unit: DurationUnit }
  | { readonly as: 'boolean'; readonly yes: ReadonlySet<string>; readonly no: ReadonlySet<string> }
  | { readonly as: 'time' | 'date'; readonly read: TimeReader };
