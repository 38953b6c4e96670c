import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Position, Sample } from '@throughline/contracts';
import { POSITION } from '../../projections/versions.dto.ts';

class How {
  @ApiProperty({ description: 'Where the figure comes from, in a sentence.' }) how!: string;
}

export class TouchpointsEstimate extends How {
  @ApiProperty({ example: 480_000 }) value!: number;
  @ApiProperty({ enum: ['live-tally', 'counted'] }) from!: 'live-tally' | 'counted';
}

export class SecondsEstimate extends How {
  @ApiProperty({ example: 9.5 }) value!: number;
  @ApiProperty({ enum: ['last-build', 'trial', 'nothing-to-read'] }) from!: 'last-build' | 'trial' | 'nothing-to-read';
}

export class BytesEstimate extends How {
  @ApiProperty({ type: Number, nullable: true, example: 310_000_000 }) value!: number | null;
  @ApiProperty({ enum: ['live-version', 'unknown'] }) from!: 'live-version' | 'unknown';
}

class SampleAsked implements Sample {
  @ApiProperty() digits!: number;
}

export class EstimateAnswer {
  @ApiProperty({ example: 'cem' }) projection!: string;
  @ApiProperty({
    type: String,
    description: 'The log’s end: a replay would be built to about here.',
    example: POSITION,
  })
  position!: Position;
  @ApiProperty({ description: 'Threads reckoned with.', example: 2 }) workers!: number;
  @ApiPropertyOptional({ type: SampleAsked }) sample?: Sample;
  @ApiProperty({ type: TouchpointsEstimate }) touchpoints!: TouchpointsEstimate;
  @ApiProperty({ type: SecondsEstimate }) seconds!: SecondsEstimate;
  @ApiProperty({ type: BytesEstimate }) bytes!: BytesEstimate;
}
