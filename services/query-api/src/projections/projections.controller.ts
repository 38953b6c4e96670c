import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Asked, Questions } from '../http/asked.ts';
import { Problems } from '../http/problems.ts';
import { ListProjections } from './list-projections.ts';
import { ProjectionsAnswer } from './projections.dto.ts';

@ApiTags('operation')
@Controller('projections')
@Questions()
export class ProjectionsController {
  readonly #queries: QueryBus;

  constructor(queries: QueryBus) {
    this.#queries = queries;
  }

  @Get()
  @ApiOperation({
    summary: 'Which version of each projection answers, how far it has come, and what it could not fold',
  })
  @ApiOkResponse({ type: ProjectionsAnswer })
  @Problems('invalid-query', 'not-caught-up')
  list(@Query() _asked: Asked): Promise<ProjectionsAnswer> {
    return this.#queries.execute(new ListProjections());
  }
}
