import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { MetricDefinition, MetricKind, Position } from '@throughline/contracts';

export class MetricDto implements MetricDefinition {
  @ApiProperty({ example: 'cem.nps' }) name!: string;
  @ApiProperty({ example: 'Net Promoter Score' }) title!: string;
  @ApiProperty({ enum: ['count', 'sum', 'mean', 'share', 'nps'] }) kind!: MetricKind;
  @ApiProperty({ example: 'points from −100 to 100' }) unit!: string;
  @ApiPropertyOptional({ description: 'Stored integers are this many to one unit; figures are already in the unit.' })
  scale?: number;
  @ApiProperty({ example: '100 · (promoters − detractors) / answers' }) formula!: string;
  @ApiProperty() numerator!: string;
  @ApiProperty() denominator!: string;
  @ApiProperty({ description: 'Who or what is eligible.' }) population!: string;
  @ApiProperty() window!: string;
  @ApiProperty({ description: 'The paper, standard or vendor the definition comes from.' }) source!: string;
  @ApiProperty({ description: 'What `by` and `where` may name.', example: ['channel', 'product'] })
  dimensions!: readonly string[];
  @ApiProperty({ description: 'Whether it can be drawn over time; else it is about customers as they now stand.' })
  timed!: boolean;
  @ApiProperty() version!: number;
}

export class MetricsAnswer {
  @ApiProperty({ type: [MetricDto] })
  items!: readonly MetricDefinition[];
}

export class MetricRow {
  @ApiProperty({
    description: 'The dimensions asked for with `by`; null is "not known", which is no value among the others.',
    type: 'object',
    additionalProperties: { type: 'string', nullable: true },
    example: { channel: 'phone' },
  })
  dims!: Readonly<Record<string, string | null>>;

  @ApiProperty({ description: '`2024-01-31`, `2024-W05`, `2024-01`, `2024-Q1`, `2024`, or `all`.', example: '2024-01' })
  period!: string;

  @ApiProperty({ description: 'How many cases the figure rests on.', example: 3562 })
  n!: number;

  @ApiProperty({ description: 'Null where n is too small to have one.', type: Number, nullable: true, example: 4.294 })
  value!: number | null;

  @ApiProperty({
    description: '95 % interval, [low, high]; null for what is counted, not estimated.',
    type: [Number],
    nullable: true,
    example: [4.26, 4.33],
  })
  interval!: readonly [number, number] | null;

  @ApiProperty({ description: 'True while the period is not over, so that more is to be expected.' })
  provisional!: boolean;
}

/** From here on figures are of another version of their view: before and after are not measured alike. */
export class MethodChange {
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ description: 'The version before.', example: '0f3a9c025f3a9c02' }) from!: string;
  @ApiProperty({ description: 'The version from here on.', example: 'f2b0c5a1d3e49786' }) to!: string;
  @ApiProperty({ enum: ['promotion', 'rollback'] }) by!: 'promotion' | 'rollback';
  @ApiProperty({ example: 'Waiting weighs more; agreed with the contact centre.' }) reason!: string;
  @ApiProperty({ example: 'ada@engineering.example' }) author!: string;
}

export class MetricAnswer {
  @ApiProperty({ type: MetricDto })
  metric!: MetricDefinition;

  @ApiProperty({ description: 'In the order of period, then dimensions.', type: [MetricRow] })
  rows!: readonly MetricRow[];

  @ApiProperty({
    description:
      'When the view it is read from was given to readers in another version, by a promotion or a roll-back, oldest first. All rows are of the version that is live now, ' +
      'also those of before; figures noted down before a change were of the version before.',
    type: [MethodChange],
  })
  methodChanges!: readonly MethodChange[];

  @ApiProperty({ type: String, example: '00000000000004d2' })
  position!: Position;
}
