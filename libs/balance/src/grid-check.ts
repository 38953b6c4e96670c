import { readDefinition } from '@throughline/contracts';
import { GRID_V1, type GridDefinition } from './definitions/grid.v1.ts';

const { object, text } = readDefinition;
const refuse: typeof readDefinition.refuse = readDefinition.refuse;

/**
 * Reads a grid definition from outside (a parsed JSON file).
 *
 * @throws ThroughlineError `invalid-definition`, naming the place and what was expected there.
 */
export function checkGrid(value: unknown): GridDefinition {
  const root = object(value, 'grid');
  text(root['name'], 'name');
  if (!Number.isInteger(root['version'])) refuse('version', 'a whole number');
  for (const side of ['value', 'experience'] as const) {
    const { mid, high, figure, unit, why } = object(root[side], side);
    for (const [name, word] of Object.entries({ figure, unit, why })) text(word, `${side}.${name}`);
    if (typeof mid !== 'number') refuse(`${side}.mid`, 'a number');
    if (typeof high !== 'number' || high < mid) refuse(`${side}.high`, 'a number, not below mid');
  }
  const cells = object(root['cells'], 'cells');
  for (const cell of Object.keys(GRID_V1.cells)) {
    const words = object(cells[cell], `cells.${cell}`);
    for (const name of ['name', 'meaning', 'todo']) text(words[name], `cells.${cell}.${name}`);
  }
  return value as GridDefinition;
}
