import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { BALANCE_METRICS, balanceGrid } from '@throughline/balance';
import { dayToText, type Cell } from '@throughline/contracts';
import { VIEWS } from '@throughline/runtime';
import type { Views } from '../views.ts';
import type { GridAnswer } from './grid.dto.ts';

/** How many customers stand where: value to the company × value to the customer. */
export class GetGrid extends Query<GridAnswer> {}

@QueryHandler(GetGrid)
export class GetGridHandler implements IQueryHandler<GetGrid> {
  readonly #views: Views;

  constructor(@Inject(VIEWS) views: Views) {
    this.#views = views;
  }

  async execute(): Promise<GridAnswer> {
    const { balance } = this.#views;
    const { position, day } = await balance.progress();
    const cells: Cell[] = [];
    for (const { name } of BALANCE_METRICS)
      for await (const cell of balance.cells(name, { timed: false })) cells.push(cell);
    return { ...balanceGrid(cells), ...(day === undefined ? {} : { day: dayToText(day) }), position };
  }
}
