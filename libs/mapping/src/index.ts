export type { JoinDefinition, MapDefinition } from './definition.ts';
export type { Table } from './joins.ts';
export { loadJoins, mapFile } from './map-file.ts';
export type { MappedRow } from './mapper.ts';
export { MapError, type MapProblem, type RowProblem } from './problem.ts';
export { readMap } from './read-map.ts';
