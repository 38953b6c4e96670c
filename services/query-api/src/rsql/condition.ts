import type { FieldDefinition, IndexValue } from '@throughline/contracts';

export const OPERATORS = ['==', '!=', '=lt=', '=le=', '=gt=', '=ge=', '=in=', '=out='] as const;
export type Operator = (typeof OPERATORS)[number];

/** What can be compared with `<`: truth has no order. */
const ORDERED: readonly Operator[] = OPERATORS;
const UNORDERED: readonly Operator[] = ['==', '!=', '=in=', '=out='];

export interface Comparison {
  readonly kind: 'compare';
  readonly field: string;
  readonly operator: Operator;
  /** One value, or those of `=in=` and `=out=`. */
  readonly values: readonly IndexValue[];
}

interface Junction<K extends 'and' | 'or'> {
  readonly kind: K;
  readonly parts: readonly Condition[];
}

export type Condition = Comparison | Junction<'and'> | Junction<'or'>;

/** The operators that fit a field. */
export function operatorsOf(field: FieldDefinition): readonly Operator[] {
  return field.type === 'boolean' ? UNORDERED : ORDERED;
}

/** Every field a condition looks at, each once. */
export function fieldsOf(condition: Condition): readonly string[] {
  const names = (c: Condition): readonly string[] => (c.kind === 'compare' ? [c.field] : c.parts.flatMap(names));
  return [...new Set(names(condition))];
}

/**
 * Whether a condition holds. An absent value matches no comparison, `!=` included: nothing is known of it, so nothing can be
 * said of it.
 */
export function holds(condition: Condition, valueOf: (field: string) => IndexValue | undefined): boolean {
  if (condition.kind === 'and') return condition.parts.every((part) => holds(part, valueOf));
  if (condition.kind === 'or') return condition.parts.some((part) => holds(part, valueOf));
  const value = valueOf(condition.field);
  return value !== undefined && COMPARE[condition.operator](value, condition.values);
}

const COMPARE: Record<Operator, (value: IndexValue, given: readonly IndexValue[]) => boolean> = {
  '==': (value, given) => value === given[0],
  '!=': (value, given) => value !== given[0],
  '=lt=': (value, given) => value < given[0]!,
  '=le=': (value, given) => value <= given[0]!,
  '=gt=': (value, given) => value > given[0]!,
  '=ge=': (value, given) => value >= given[0]!,
  '=in=': (value, given) => given.includes(value),
  '=out=': (value, given) => !given.includes(value),
};
