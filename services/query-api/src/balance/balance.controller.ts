import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Asked, Questions } from '../http/asked.ts';
import { Problems } from '../http/problems.ts';
import { GetGrid } from './get-grid.ts';
import { GridAnswer } from './grid.dto.ts';

@ApiTags('balance')
@Controller('balance')
@Questions()
export class BalanceController {
  readonly #queries: QueryBus;

  constructor(queries: QueryBus) {
    this.#queries = queries;
  }

  @Get()
  @ApiOperation({
    summary:
      'The balance between the two views: value to the company × value to the customer, and the two cells of the unknown',
  })
  @ApiOkResponse({ type: GridAnswer })
  @Problems('invalid-query', 'not-caught-up')
  grid(@Query() _asked: Asked): Promise<GridAnswer> {
    return this.#queries.execute(new GetGrid());
  }
}
