export { BALANCE_FIELDS, BALANCE_METRICS, balanceProjection, type BalanceFragment } from './balance-projection.ts';
export {
  BANDS,
  GRID_V1,
  type Band,
  type CellWords,
  type CutPoints,
  type GridCell,
  type GridDefinition,
} from './definitions/grid.v1.ts';
export { balanceGrid, type BalanceGrid } from './grid.ts';
export type { BalanceView } from './view.ts';
