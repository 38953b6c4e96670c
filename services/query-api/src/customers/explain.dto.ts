import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Position } from '@throughline/contracts';
import { AS_OF, KNOWN_AT } from './customer.dto.ts';

export class ExplainedReason {
  @ApiProperty({ example: 'wait' }) signal!: string;
  @ApiProperty({ example: 'effort' }) dimension!: string;
  @ApiProperty({ description: 'Stated by the customer, or observed.', example: 'observed' }) evidence!: string;
  @ApiProperty({ description: 'In words.', example: 'waited 312 s on the phone' }) why!: string;
  @ApiProperty({ description: 'How it felt, −100 to 100.', example: -62 }) feeling!: number;
  @ApiProperty({
    description: 'What it weighs on the day, in survey answers: faded, and capped by its episode.',
    example: 0.4,
  })
  weight!: number;
  @ApiPropertyOptional({ example: -1.73 }) points?: number;
}

export class ExplainedPart {
  @ApiProperty({ description: 'Of the touchpoint.', example: '4b7e7c1e-6a31-5f0e-9b1d-2a7c5d8e9f10' }) id!: string;
  @ApiProperty({ example: '2026-03-01T09:14:00.000Z' }) occurredAt!: string;
  @ApiProperty({ example: 'call.ended' }) type!: string;
  @ApiPropertyOptional({ example: 'phone' }) channel?: string;
  @ApiPropertyOptional({
    description: 'What it adds to the score, or takes from it; absent while there is no score.',
    example: -1.73,
  })
  points?: number;
  @ApiPropertyOptional({
    description: 'The same by dimension.',
    type: 'object',
    additionalProperties: { type: 'number' },
    example: { effort: -1.73 },
  })
  dimensions?: Readonly<Record<string, number>>;
  @ApiProperty({ type: [ExplainedReason] }) reasons!: readonly ExplainedReason[];
}

export class Explanation {
  @ApiProperty({ example: '0f4c1b9e7a2d4c6f8b1e3a5d7c9f0b2d' }) id!: string;
  @ApiProperty({ description: 'The day the score stands for.', example: '2026-11-22' }) day!: string;
  @ApiProperty({ description: 'Name and version of the score’s definition.', example: 'experience v1' })
  definition!: string;
  @ApiProperty({ description: 'Points before any evidence.', example: 60 }) prior!: number;
  @ApiPropertyOptional({
    description:
      '`cem.score` of the customer: `prior` and the parts’ points add up to it, to the hundredth. Absent where there is not enough evidence.',
    example: 41.27,
  })
  score?: number | undefined;
  @ApiPropertyOptional({ description: '95 % interval, [low, high].', type: [Number], example: [28.1, 54.4] })
  interval?: readonly [number, number] | undefined;
  @ApiProperty({ description: 'Weight of the evidence, in survey answers.', example: 5.3 }) evidence!: number;
  @ApiProperty({ description: 'Whether there is evidence enough for a score.' }) enough!: boolean;
  @ApiProperty({
    description: 'Score, interval and evidence by dimension.',
    type: 'object',
    additionalProperties: true,
  })
  dimensions!: Readonly<Record<string, object>>;
  @ApiProperty({ description: 'The same of what they said alone.', type: 'object', additionalProperties: true })
  stated!: object;
  @ApiProperty({ description: 'The same of what happened to them alone.', type: 'object', additionalProperties: true })
  observed!: object;
  @ApiPropertyOptional({
    description: 'Stated less observed: above 0 they speak better of it than it was.',
    example: -4.2,
  })
  gap?: number | undefined;
  @ApiProperty({ description: 'One a touchpoint, in order of time.', type: [ExplainedPart] })
  parts!: readonly ExplainedPart[];
  @ApiPropertyOptional({ description: AS_OF, example: '2024-05-01' }) asOf?: string;
  @ApiPropertyOptional({ description: KNOWN_AT, example: '2024-06-01T00:00:00.000Z' }) knownAt?: string;
  @ApiPropertyOptional({
    description: 'By which version of cem the past was told.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { cem: 'f2b0c5a1d3e49786' },
  })
  versions?: Readonly<Record<string, string>>;
  @ApiProperty({ type: String, example: '00000000000004d2' }) position!: Position;
}
