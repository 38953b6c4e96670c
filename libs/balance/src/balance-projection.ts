import {
  dayFromText,
  dayOf,
  documentsOf,
  type Company,
  type Documents,
  type FieldDefinition,
  type JsonValue,
  type MetricDefinition,
  type ProjectionDefinition,
} from '@throughline/contracts';
import { checkDefinition, SCORE_V1, scoring, type ScoreFragment } from '@throughline/cem';
import { valueFragment, valueReader, type ValueFragment } from '@throughline/crm';
import { GRID_V1 } from './definitions/grid.v1.ts';
import { checkGrid } from './grid-check.ts';
import { BALANCE_GRID } from './grid.ts';
import { viewOf, type BalanceView } from './view.ts';

/** The value part of crm and the score part of cem, folded at one position: no view of the one beside an older of the other. */
export interface BalanceFragment {
  readonly value: ValueFragment;
  score: ScoreFragment;
}

export const BALANCE_METRICS: readonly MetricDefinition[] = [
  {
    name: BALANCE_GRID,
    title: 'Customers by value to the company and value to the customer',
    kind: 'count',
    unit: 'customers',
    formula: 'n',
    numerator: 'customers by the bands of the grid definition: net revenue of the last 365 days, and score',
    denominator: 'none',
    population: 'everybody known by an identifier',
    window: 'as of the day the view stands for',
    source: `Throughline, grid definition v${GRID_V1.version}`,
    dimensions: ['value', 'experience'],
    timed: false,
    version: GRID_V1.version,
  },
];

export const BALANCE_FIELDS: readonly FieldDefinition[] = [
  {
    field: 'balance.value',
    type: 'string',
    description: 'Value to the company: low, mid, high, or unknown (no amount known, or one without a rate).',
  },
  {
    field: 'balance.experience',
    type: 'string',
    description: 'Value to the customer: low, mid, high, or unknown (not enough evidence).',
  },
  {
    field: 'balance.cell',
    type: 'string',
    description: 'Cell of the grid, value then experience (high-low), or value-unknown, or not-enough-evidence.',
  },
];

/**
 * The grid "value to the company × value to the customer", customer by customer.
 *
 * @param documents `grid` and `score`: the shipped ones unless told.
 * @throws ThroughlineError `invalid-definition`
 */
export function balanceProjection(
  company: Company,
  documents: Documents = {},
): ProjectionDefinition<BalanceFragment, BalanceView> {
  const { grid = GRID_V1, score = SCORE_V1 } = documentsOf('balance', documents, {
    grid: checkGrid,
    score: checkDefinition,
  });
  const day = dayOf(company.timeZone);
  const value = valueFragment(day);
  const readValue = valueReader(company, day);
  const { scoreFragment, scoreOf, nextChangeOf } = scoring(company, score);
  return {
    name: 'balance',
    codeVersion: 1,
    definitions: { company, grid, score } as unknown as JsonValue,
    metrics: BALANCE_METRICS,
    fragment: {
      empty: () => ({ value: value.empty(), score: scoreFragment.empty() }),
      apply(fragment, touchpoint) {
        value.apply(fragment.value, touchpoint);
        fragment.score = scoreFragment.apply(fragment.score, touchpoint);
        return fragment;
      },
      merge: (a, b) => ({ value: value.merge(a.value, b.value), score: scoreFragment.merge(a.score, b.score) }),
    },
    eventCells: () => [],
    view(fragment, at) {
      const worth = readValue(fragment.value, at);
      const next = Math.min(worth.nextChange ?? Infinity, nextChangeOf(fragment.score, at) ?? Infinity);
      return viewOf(worth, scoreOf(fragment.score, at), at, next === Infinity ? undefined : next, company, grid);
    },
    customerCells: (view) => [
      { metric: BALANCE_GRID, dims: { value: view.value.band, experience: view.experience.band }, values: [1] },
    ],
    indexes: (view) => [
      { field: 'balance.value', value: view.value.band },
      { field: 'balance.experience', value: view.experience.band },
      { field: 'balance.cell', value: view.cell },
    ],
    nextChange: (view) => (view.changesOn === undefined ? undefined : dayFromText(view.changesOn)),
  };
}
