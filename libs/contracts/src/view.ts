/** What a projection is, and what it leaves in the read model. */
import type { Day } from './day.ts';
import type { JsonValue } from './json.ts';
import type { MetricDefinition } from './metric.ts';
import type { Touchpoint } from './touchpoint.ts';

/**
 * One contribution to a roll-up. `values` are integers that add up cell by cell; the metric's kind says what they are.
 * `day` is the bucket, or undefined for a figure about customers as they now stand.
 */
export interface Cell {
  readonly metric: string;
  readonly day?: Day;
  /** Dimension values; an absent dimension is unknown, and is not the same as any value. */
  readonly dims: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/**
 * A field by which customers are found and sorted: `crm.orders`, `cem.score`. One entry a field and customer. Values are told to
 * channels, so nothing personal is among them.
 */
export interface IndexEntry {
  readonly field: string;
  readonly value: IndexValue;
}
export type IndexValue = string | number | boolean;

/**
 * A projection: one value, pure. `F` is a fragment (plain data: objects, arrays, numbers, strings; no classes, no Map),
 * `V` the finished view of one customer.
 *
 * Laws, each checked by property tests: a fragment is a function of the set of touchpoints applied, whatever their order;
 * `merge` is commutative and associative with `empty()` as its unit, and merging parts equals applying the whole; `view`
 * reads no clock.
 */
export interface ProjectionDefinition<F, V> {
  readonly name: string;
  /** Raised by whoever changes what the fold computes. */
  readonly codeVersion: number;
  /** Everything else that enters the result (definitions, company); hashed into the version. */
  readonly definitions: JsonValue;
  /** What the cells are; a metric that is not among these is told to nobody. */
  readonly metrics?: readonly MetricDefinition[];
  readonly fragment: {
    empty(): F;
    /** May change and return the fragment it is given: the engine owns it. */
    apply(fragment: F, touchpoint: Touchpoint): F;
    /** Leaves both alone. */
    merge(a: F, b: F): F;
  };
  /** What the touchpoint adds to roll-ups, whoever it was about. */
  eventCells(touchpoint: Touchpoint): readonly Cell[];
  /** The customer as of the end of the day `at`: touchpoints are all counted, decay and windows end at `at`. */
  view(fragment: F, at: Day): V;
  customerCells(view: V): readonly Cell[];
  indexes(view: V): readonly IndexEntry[];
  /** The first day after `at` on which time alone may move cells or indexes; undefined for never. */
  nextChange(view: V): Day | undefined;
}

/** What kind of thing a customer field is, for the query grammar and its documentation. */
export interface FieldDefinition {
  readonly field: string;
  readonly type: 'number' | 'string' | 'boolean';
  readonly description: string;
}
