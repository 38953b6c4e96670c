import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ofProjections } from '../after/reads.ts';
import { Asked, Questions } from '../http/asked.ts';
import { Problems } from '../http/problems.ts';
import { checkVersioned, VERSIONED } from '../versions/versioned.ts';
import { ListProjections } from './list-projections.ts';
import { ProjectionsAnswer } from './projections.dto.ts';
import { TellVersions } from './tell-versions.ts';
import { VersionsAnswer } from './versions.dto.ts';

@ApiTags('operation')
@Controller('projections')
@Questions(ofProjections)
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

  @Get(':name/versions')
  @ApiOperation({
    summary: 'Which versions are kept, what readers were given from when to when, and who said so and why',
  })
  @ApiParam({ name: 'name', enum: VERSIONED, example: 'cem' })
  @ApiOkResponse({ type: VersionsAnswer })
  @Problems('not-found')
  versions(@Param('name') name: string): Promise<VersionsAnswer> {
    return this.#queries.execute(new TellVersions(checkVersioned(name)));
  }
}
