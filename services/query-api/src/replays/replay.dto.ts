import { ApiExtraModels, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ComparisonReport, JsonObject, Position, Sample } from '@throughline/contracts';
import type { Behind } from '@throughline/event-log';
import type { ReplayState } from '@throughline/versions';
import { Lag } from '../projections/projections.dto.ts';
import { DocumentDto, DocumentsProperty, POSITION, VERSION, type DocumentNames } from '../projections/versions.dto.ts';

class ReplayError {
  @ApiProperty({ description: 'Of the catalogue of problems.', example: 'replay-failed' }) code!: string;
  @ApiProperty() detail!: string;
}

class SampleDto implements Sample {
  @ApiProperty({ description: 'Customers whose id’s first hex digit is below it, of 16.', example: 1 }) digits!: number;
}

class BuiltDto {
  @ApiProperty({ description: 'Its name by the code that built it.', example: VERSION }) version!: string;
  @ApiProperty({ type: String, description: 'The fixed position it was built to.', example: POSITION })
  through!: Position;
  @ApiPropertyOptional({ description: 'Absent for identity.' }) touchpoints?: number;
  @ApiPropertyOptional({
    description:
      'Digest of all that was folded: equal to the live version’s at the same position. Absent for identity.',
  })
  ids?: string;
  @ApiPropertyOptional({ description: 'Absent for identity.' }) customers?: number;
  @ApiProperty({ description: 'At work, pauses left out.' }) seconds!: number;
}

class FollowsDto {
  @ApiProperty({ type: String, example: POSITION }) position!: Position;
  @ApiProperty({ type: Lag }) lag!: Behind;
}

class LatestDiffDto {
  @ApiProperty({ format: 'uuid' }) diff!: string;
  @ApiProperty({ enum: ['comparing', 'made', 'failed'] }) state!: DiffState;
}

export type DiffState = 'comparing' | 'made' | 'failed';

@ApiExtraModels(DocumentDto)
export class ReplayAnswer {
  @ApiProperty({ type: [ReplayError], description: 'Empty when all is well.' }) errors!: readonly ReplayError[];
  @ApiProperty({ description: 'Touchpoints and customers that could not be taken so far.' }) parked!: number;
  @ApiProperty({ format: 'uuid' }) replay!: string;
  @ApiProperty({ example: 'cem' }) projection!: string;
  @ApiProperty({ example: VERSION }) version!: string;
  @ApiProperty({ enum: ['building', 'paused', 'failed', 'built', 'promoted', 'cancelled', 'retired'] })
  state!: ReplayState;
  @ApiProperty({ format: 'date-time', description: 'When it came to this state.' }) since!: string;
  @ApiProperty({ format: 'date-time' }) requestedAt!: string;
  @ApiProperty() author!: string;
  @ApiProperty() reason!: string;
  @DocumentsProperty() documents!: DocumentNames;
  @ApiProperty({ enum: ['copy', 'log'] }) source!: 'copy' | 'log';
  @ApiPropertyOptional() workers?: number;
  @ApiPropertyOptional({ type: SampleDto }) sample?: Sample;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      'What whoever builds it said last: stage (`survey`, `fold`, `finish`), done, of, rate a second, secondsLeft, shardsDone, shardsSkipped, resting. Absent before the first word.',
    example: { stage: 'fold', done: 120_000, of: 480_000, rate: 52_000, secondsLeft: 9 },
  })
  progress?: JsonObject;
  @ApiPropertyOptional({ type: BuiltDto }) built?: BuiltDto;
  @ApiPropertyOptional({ type: FollowsDto, description: 'Once it is built: how far it has followed the log.' })
  follows?: FollowsDto;
  @ApiPropertyOptional({ type: LatestDiffDto, description: 'The latest comparison.' }) diff?: LatestDiffDto;
}

export class ReplaysAnswer {
  @ApiProperty({ example: 'cem' }) projection!: string;
  @ApiProperty({ type: [ReplayAnswer], description: 'Newest first.' }) items!: readonly ReplayAnswer[];
}

export class DiffAnswer {
  @ApiProperty({ format: 'uuid' }) diff!: string;
  @ApiProperty({ format: 'uuid' }) replay!: string;
  @ApiProperty({ description: 'The live version.', example: VERSION }) from!: string;
  @ApiProperty({ description: 'The candidate.', example: VERSION }) to!: string;
  @ApiProperty({ type: String, description: 'Both are compared exactly here.', example: POSITION })
  position!: Position;
  @ApiProperty({ format: 'date-time' }) requestedAt!: string;
  @ApiProperty({ enum: ['comparing', 'made', 'failed'] }) state!: DiffState;
  @ApiPropertyOptional({ description: 'Why there is no report: a code of the catalogue of problems.' }) failed?: string;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      'Customers in one only; by field how it changes and whom it changes most for; by metric the cells that differ. Of identity: whom it splits and merges.',
  })
  report?: ComparisonReport;
}
