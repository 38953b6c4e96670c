import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { BALANCE_METRICS, balanceGrid, type GridDefinition } from '@throughline/balance';
import { dayToText, type Cell } from '@throughline/contracts';
import { Pins } from '../versions/pins.ts';
import type { GridAnswer } from './grid.dto.ts';

/** How many customers stand where: value to the company × value to the customer. */
export class GetGrid extends Query<GridAnswer> {}

@QueryHandler(GetGrid)
export class GetGridHandler implements IQueryHandler<GetGrid> {
  readonly #pins: Pins;

  constructor(@Inject(Pins) pins: Pins) {
    this.#pins = pins;
  }

  async execute(): Promise<GridAnswer> {
    const balance = await this.#pins.view('balance');
    const { definitions } = await this.#pins.definition('balance', balance);
    const { grid } = definitions as unknown as { readonly grid: GridDefinition };
    const { position, day } = await balance.progress();
    const cells: Cell[] = [];
    for (const { name } of BALANCE_METRICS)
      for await (const cell of balance.cells(name, { timed: false })) cells.push(cell);
    return { ...balanceGrid(cells, grid), ...(day === undefined ? {} : { day: dayToText(day) }), position };
  }
}
