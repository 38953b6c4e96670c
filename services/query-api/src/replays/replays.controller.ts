import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiParam, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { ThroughlineError } from '@throughline/contracts';
import { VERSION_REFUSALS } from '@throughline/versions';
import { IsOptional, Matches } from 'class-validator';
import { checkProjection, checkVersioned, VERSIONED_NAMES } from '@throughline/projections';
import { ofProjections } from '../after/reads.ts';
import { Questions } from '../http/asked.ts';
import { Problems } from '../http/problems.ts';
import { EstimateReplay } from './estimate/estimate-replay.ts';
import { EstimateAnswer } from './estimate/estimate.dto.ts';
import { GetDiff } from './get-diff.ts';
import { DiffAnswer, ReplayAnswer, ReplaysAnswer } from './replay.dto.ts';
import { GetReplay, ListReplays } from './tell-replays.ts';

const LONGEST_WAIT_SECONDS = 60;
const MOST_WORKERS = 64;
const MOST_DIGITS = 15;

class DiffQuestion {
  @ApiPropertyOptional({
    description: `Waits so many seconds for the report, at most ${LONGEST_WAIT_SECONDS}, while it is being made.`,
    example: '30',
  })
  @IsOptional()
  @Matches(/^\d{1,2}$/, { message: 'wait is a whole number of seconds' })
  wait?: string;
}

class EstimateQuestion {
  @ApiPropertyOptional({ description: 'Threads that build; as many as this machine has cores unless told.' })
  @IsOptional()
  @Matches(/^\d{1,2}$/, { message: 'workers is a whole number' })
  workers?: string;

  @ApiPropertyOptional({ description: 'A sample of so many of 16 of the customers, 1 to 15.' })
  @IsOptional()
  @Matches(/^\d{1,2}$/, { message: 'digits is a whole number' })
  digits?: string;
}

const OfProjection = ApiParam({ name: 'name', enum: VERSIONED_NAMES, example: 'cem' });
const OfReplay = ApiParam({ name: 'replay', format: 'uuid' });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

@ApiTags('operation')
@Controller('projections/:name/replays')
@Questions(ofProjections)
export class ReplaysController {
  readonly #queries: QueryBus;

  constructor(queries: QueryBus) {
    this.#queries = queries;
  }

  @Get()
  @ApiOperation({ summary: 'Every replay of a projection, newest first' })
  @OfProjection
  @ApiOkResponse({ type: ReplaysAnswer })
  @Problems('not-found')
  list(@Param('name') name: string): Promise<ReplaysAnswer> {
    return this.#queries.execute(new ListReplays(checkVersioned(name)));
  }

  @Get('estimate')
  @ApiOperation({ summary: 'What a replay would read, take and need on disk, and where each figure comes from' })
  @OfProjection
  @ApiOkResponse({ type: EstimateAnswer })
  @Problems('invalid-query', 'not-found')
  estimate(@Param('name') name: string, @Query() asked: EstimateQuestion): Promise<EstimateAnswer> {
    const workers = wholeNumber('workers', asked.workers, 1, MOST_WORKERS);
    const digits = wholeNumber('digits', asked.digits, 1, MOST_DIGITS);
    return this.#queries.execute(new EstimateReplay(checkProjection(name), workers, digits));
  }

  @Get(':replay')
  @ApiOperation({ summary: 'How far a replay is; errors first' })
  @OfProjection
  @OfReplay
  @ApiOkResponse({ type: ReplayAnswer })
  @Problems('not-found')
  get(@Param('name') name: string, @Param('replay') replay: string): Promise<ReplayAnswer> {
    return this.#queries.execute(new GetReplay(checkVersioned(name), replayId(replay)));
  }

  @Get(':replay/diff')
  @ApiOperation({ summary: 'How what was built differs from the live version, at one position' })
  @OfProjection
  @OfReplay
  @ApiOkResponse({ type: DiffAnswer })
  @Problems('invalid-query', 'not-found')
  diff(
    @Param('name') name: string,
    @Param('replay') replay: string,
    @Query() { wait }: DiffQuestion,
  ): Promise<DiffAnswer> {
    const seconds = wholeNumber('wait', wait, 0, LONGEST_WAIT_SECONDS) ?? 0;
    return this.#queries.execute(new GetDiff(checkVersioned(name), replayId(replay), 1_000 * seconds));
  }
}

function replayId(text: string): string {
  if (!UUID.test(text)) throw new ThroughlineError('not-found', VERSION_REFUSALS.NO_SUCH_REPLAY);
  return text.toLowerCase();
}

function wholeNumber(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (number >= least && number <= most) return number;
  throw new ThroughlineError('invalid-query', `${name} is from ${least} to ${most}.`);
}
