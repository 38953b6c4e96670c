import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { checkProjection, PROJECTION_NAMES } from '@throughline/projections';
import { limitOf, PageAsked } from '../customers/customers.asked.ts';
import { ofProjections } from '../after/reads.ts';
import { Questions } from '../http/asked.ts';
import { Problems } from '../http/problems.ts';
import { ListParked } from './list-parked.ts';
import { ParkedAnswer } from './parked.dto.ts';

@ApiTags('operation')
@Controller('projections/:name/parked')
@Questions(ofProjections)
export class ParkedController {
  readonly #queries: QueryBus;

  constructor(queries: QueryBus) {
    this.#queries = queries;
  }

  @Get()
  @ApiOperation({ summary: 'What the live version could not fold or finish, and where it failed' })
  @ApiParam({ name: 'name', enum: PROJECTION_NAMES, example: 'cem' })
  @ApiOkResponse({ type: ParkedAnswer })
  @Problems('invalid-query', 'not-found', 'not-caught-up')
  list(@Param('name') name: string, @Query() { limit, cursor }: PageAsked): Promise<ParkedAnswer> {
    return this.#queries.execute(new ListParked(checkProjection(name), { limit: limitOf(limit), cursor }));
  }
}
