import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { checkProjection, PROJECTION_NAMES, checkVersioned, VERSIONED_NAMES } from '@throughline/projections';
import { ofProjections } from '../after/reads.ts';
import { customerId, OF_CUSTOMER } from '../customers/customer-id.ts';
import { Asked, Questions } from '../http/asked.ts';
import { Problems } from '../http/problems.ts';
import { GetProjected } from './get-projected.ts';
import { ListProjections } from './list-projections.ts';
import { ProjectedAsked, ProjectedCustomer } from './projected-customer.dto.ts';
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
  @ApiParam({ name: 'name', enum: VERSIONED_NAMES, example: 'cem' })
  @ApiOkResponse({ type: VersionsAnswer })
  @Problems('not-found')
  versions(@Param('name') name: string): Promise<VersionsAnswer> {
    return this.#queries.execute(new TellVersions(checkVersioned(name)));
  }

  @Get(':name/customers/:id')
  @ApiOperation({ summary: 'One customer as one projection has them: of one’s own, too' })
  @ApiParam({ name: 'name', enum: PROJECTION_NAMES, example: 'cem' })
  @ApiParam(OF_CUSTOMER)
  @ApiOkResponse({ type: ProjectedCustomer })
  @Problems('invalid-query', 'customer-not-found', 'not-found', 'not-caught-up')
  customer(
    @Param('name') name: string,
    @Param('id') id: string,
    @Query() { version }: ProjectedAsked,
  ): Promise<ProjectedCustomer> {
    return this.#queries.execute(new GetProjected(checkProjection(name), customerId(id), version));
  }
}
