import type { ExpressionNode } from '@rsql/ast';
import { parse } from '@rsql/parser';
import { ThroughlineError, type FieldDefinition, type IndexValue } from '@throughline/contracts';
import { operatorsOf, type Comparison, type Condition, type Operator } from './condition.ts';

/** Characters: enough for any question a person writes, too few to keep the process busy with parsing. */
export const WHERE_LIMIT = 4_000;

const SPELLINGS: Readonly<Record<string, string>> = { '<': '=lt=', '<=': '=le=', '>': '=gt=', '>=': '=ge=' };

/**
 * Reads RSQL: comparisons `field operator value` joined by `;` (and) and `,` (or), `;` before `,`, parentheses allowed. A value
 * with spaces or reserved characters stands in quotes. Lists stand in parentheses: `=in=(a,b)`.
 *
 * @throws ThroughlineError `invalid-query`, naming the fields or operators that there are.
 */
export function parseWhere(text: string, fields: readonly FieldDefinition[]): Condition {
  if (text.length > WHERE_LIMIT) throw invalid(`where may have ${WHERE_LIMIT} characters at most.`);
  let tree: ExpressionNode;
  try {
    tree = parse(text);
  } catch (error) {
    throw invalid(`where is not RSQL. ${(error as Error).message}`);
  }
  return condition(tree, new Map(fields.map((field) => [field.field, field])));
}

function condition(node: ExpressionNode, fields: ReadonlyMap<string, FieldDefinition>): Condition {
  if (node.type === 'COMPARISON') return comparison(node.left.selector, node.operator, node.right.value, fields);
  const kind = node.operator === ';' || node.operator === 'and' ? 'and' : 'or';
  const parts = [condition(node.left, fields), condition(node.right, fields)];
  return { kind, parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])) } as Condition;
}

function comparison(
  name: string,
  written: string,
  given: string | readonly string[],
  fields: ReadonlyMap<string, FieldDefinition>,
): Comparison {
  const field = fields.get(name);
  if (!field) throw invalid(`There is no field "${name}". There are ${[...fields.keys()].join(', ')}.`);
  const operators = operatorsOf(field);
  const operator = operators.find((known) => known === (SPELLINGS[written] ?? written));
  if (!operator) throw invalid(`"${written}" does not fit ${name}. There are ${operators.join(', ')}.`);
  const values = (Array.isArray(given) ? given : [given]) as readonly string[];
  if (values.length > 1 && !LISTS.includes(operator)) throw invalid(`${name}${operator} takes one value, not a list.`);
  return { kind: 'compare', field: name, operator, values: values.map((value) => typed(value, field)) };
}

const LISTS: readonly Operator[] = ['=in=', '=out='];

function typed(text: string, { field, type }: FieldDefinition): IndexValue {
  if (type === 'string') return text;
  if (type === 'boolean') {
    if (text !== 'true' && text !== 'false') throw invalid(`${field} is true or false.`);
    return text === 'true';
  }
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw invalid(`${field} is a number.`);
  return number;
}

function invalid(detail: string): ThroughlineError {
  return new ThroughlineError('invalid-query', detail);
}
