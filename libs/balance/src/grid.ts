import type { Cell } from '@throughline/contracts';
import {
  BANDS,
  GRID_V1,
  type Band,
  type CellWords,
  type GridCell,
  type GridDefinition,
} from './definitions/grid.v1.ts';
import { cellOf } from './view.ts';

/** The company's balance: how many customers stand where. Every customer is in exactly one cell, so the shares add up to 1. */
export interface BalanceGrid {
  readonly customers: number;
  /** Bands of value to the company, highest first. */
  readonly rows: readonly Band[];
  /** Bands of value to the customer, lowest first. */
  readonly cols: readonly Band[];
  /** All nine, row by row. */
  readonly cells: readonly (Counted & { readonly value: Band; readonly experience: Band })[];
  /** The two cells of the unknown. */
  readonly unknown: readonly (Counted & {
    /** The same customers by the side that is known (`unknown` where neither is). */
    readonly split: readonly { readonly band: Band | 'unknown'; readonly customers: number }[];
  })[];
  readonly definition: GridDefinition;
}

interface Counted extends CellWords {
  readonly cell: GridCell;
  readonly customers: number;
  /** Of all customers; 0 where there are none. */
  readonly share: number;
}

/** Adds up the cells of the metric `balance-grid`; other metrics' cells are passed over. */
export function balanceGrid(cells: Iterable<Cell>, definition: GridDefinition = GRID_V1): BalanceGrid {
  const known = new Map<string, number>();
  let customers = 0;
  for (const { metric, dims, values } of cells) {
    if (metric !== BALANCE_GRID) continue;
    const n = values[0] ?? 0;
    const place = placeOf(dims['value'], dims['experience']);
    known.set(place, (known.get(place) ?? 0) + n);
    customers += n;
  }
  const at = (value: Band | 'unknown', experience: Band | 'unknown') => known.get(placeOf(value, experience)) ?? 0;
  const counted = (cell: GridCell, n: number): Counted => ({
    cell,
    customers: n,
    share: customers === 0 ? 0 : n / customers,
    ...definition.cells[cell],
  });
  const unknown = (cell: GridCell, split: { band: Band | 'unknown'; customers: number }[]) => ({
    ...counted(
      cell,
      split.reduce((sum, part) => sum + part.customers, 0),
    ),
    split,
  });
  const rows = BANDS.toReversed();
  return {
    customers,
    rows,
    cols: BANDS,
    cells: rows.flatMap((value) =>
      BANDS.map((experience) => ({ value, experience, ...counted(cellOf(value, experience), at(value, experience)) })),
    ),
    unknown: [
      unknown(
        'value-unknown',
        [...BANDS, 'unknown' as const].map((band) => ({ band, customers: at('unknown', band) })),
      ),
      unknown(
        'not-enough-evidence',
        BANDS.map((band) => ({ band, customers: at(band, 'unknown') })),
      ),
    ],
    definition,
  };
}

export const BALANCE_GRID = 'balance-grid';

function placeOf(value = 'unknown', experience = 'unknown'): string {
  return `${value}-${experience}`;
}
