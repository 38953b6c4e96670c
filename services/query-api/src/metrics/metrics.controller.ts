import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiParam, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { dayFromText, ThroughlineError, type Day } from '@throughline/contracts';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { ofMetrics } from '../after/reads.ts';
import { Asked, Questions } from '../http/asked.ts';
import { Problems } from '../http/problems.ts';
import { ListMetrics } from './list-metrics.ts';
import { MetricAnswer, MetricsAnswer } from './metric.dto.ts';
import { GRAINS, type Grain } from './periods.ts';
import { ReadMetric } from './read-metric.ts';

class MetricAsked extends Asked {
  @ApiPropertyOptional({ description: 'Dimensions to cut by, separated by commas.', example: 'channel,product' })
  @IsOptional()
  @IsString()
  by?: string;

  @ApiPropertyOptional({
    description: 'RSQL over the metric’s dimensions: `==`, `!=`, `=in=`, `=out=`.',
    example: 'channel=in=(phone,chat)',
  })
  @IsOptional()
  @IsString()
  where?: string;

  @ApiPropertyOptional({ description: 'Over time: one row a period. `all` unless told.', enum: GRAINS })
  @IsOptional()
  @IsIn(GRAINS)
  grain?: Grain;

  @ApiPropertyOptional({ description: 'First day, in the company’s time zone.', example: '2024-01-01' })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({ description: 'Last day, inclusive.', example: '2024-12-31' })
  @IsOptional()
  @IsString()
  to?: string;
}

@ApiTags('metrics')
@Controller('metrics')
@Questions(ofMetrics)
export class MetricsController {
  readonly #queries: QueryBus;

  constructor(queries: QueryBus) {
    this.#queries = queries;
  }

  @Get()
  @ApiOperation({ summary: 'What can be measured: every metric with its formula, population, source and dimensions' })
  @ApiOkResponse({ type: MetricsAnswer })
  list(@Query() _asked: Asked): Promise<MetricsAnswer> {
    return this.#queries.execute(new ListMetrics());
  }

  @Get(':name')
  @ApiOperation({ summary: 'One metric’s figures, each with n and its interval, cut by dimensions and over time' })
  @ApiParam({ name: 'name', example: 'cem.nps' })
  @ApiOkResponse({ type: MetricAnswer })
  @Problems('invalid-query', 'metric-not-found', 'not-caught-up')
  read(@Param('name') name: string, @Query() asked: MetricAsked): Promise<MetricAnswer> {
    const by = asked.by ? asked.by.split(',') : [];
    const { where, grain } = asked;
    return this.#queries.execute(
      new ReadMetric(name, { by, where, grain, from: day('from', asked.from), to: day('to', asked.to) }),
    );
  }
}

function day(name: string, text: string | undefined): Day | undefined {
  if (text === undefined) return undefined;
  const value = dayFromText(text);
  if (value === undefined) throw new ThroughlineError('invalid-query', `${name} is a day, such as 2024-01-31.`);
  return value;
}
