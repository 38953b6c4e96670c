import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { limitOf, PageAsked } from '../customers/customers.asked.ts';
import { Questions } from '../http/asked.ts';
import { Problems } from '../http/problems.ts';
import { viewNamed } from '../versions/ledgers.ts';
import { VIEW_NAMES } from '../views.ts';
import { ListParked } from './list-parked.ts';
import { ParkedAnswer } from './parked.dto.ts';

@ApiTags('operation')
@Controller('projections/:name/parked')
@Questions()
export class ParkedController {
  readonly #queries: QueryBus;

  constructor(queries: QueryBus) {
    this.#queries = queries;
  }

  @Get()
  @ApiOperation({ summary: 'What the live version could not fold or finish, and where it failed' })
  @ApiParam({ name: 'name', enum: VIEW_NAMES, example: 'cem' })
  @ApiOkResponse({ type: ParkedAnswer })
  @Problems('invalid-query', 'not-found', 'not-caught-up')
  list(@Param('name') name: string, @Query() { limit, cursor }: PageAsked): Promise<ParkedAnswer> {
    return this.#queries.execute(new ListParked(viewNamed(name), { limit: limitOf(limit), cursor }));
  }
}
