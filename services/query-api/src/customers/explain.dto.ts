import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Position } from '@throughline/contracts';

export class ExplainedReason {
  @ApiProperty({ example: 'wait' }) signal!: string;
  @ApiProperty({ example: 'effort' }) dimension!: string;
  @ApiProperty({ description: 'Stated by the customer, or observed.', example: 'observed' }) evidence!: string;
  @ApiProperty({ description: 'In words.', example: 'waited 312 s on the phone' }) why!: string;
  @ApiProperty({ description: 'How it felt, −100 to 100.', example: -62 }) feeling!: number;
  @ApiProperty({ description: 'What it weighs on the day, in survey answers: faded, and capped by its episode.', example: 0.4 }) weight!: number;
  @ApiPropertyOptional({ example: -1.73 }) points?: number;
}

export class ExplainedPart {
  @ApiProperty({ description: 'Of the touchpoint.', example: '4b7e7c1e-6a31-5f0e-9b1d-2a7c5d8e9f10' }) id!: string;
  @ApiProperty({ example: '2026-03-01T09:14:00.000Z' }) occurredAt!: string;
  @ApiProperty({ example: 'call.ended' }) type!: string;
  @ApiPropertyOptional({ example: 'phone' }) channel?: string;
  @ApiPropertyOptional({ description: 'What it adds to the score, or takes from it; absent while there is no score.', example: -1.73 }) points?: number;
  @ApiPropertyOptional({ description: 'The same by dimension.', type: 'object', additionalProperties: { type: 'number' }, example: { effort: -1.73 } })
  dimensions?: Readonly<Record<string, number>>;
  @ApiProperty({ type: [ExplainedReason] }) reasons!: readonly ExplainedReason[];
}

export class Explanation {
  @ApiProperty({ example: '0f4c1b9e7a2d4c6f8b1e3a5d7c9f0b2d' }) id!: string;
  @ApiProperty({ description: 'The day the score stands for.', example: '2026-11-22' }) day!: string;
  @ApiProperty({ description: 'Name and version of the score’s definition.', example: 'experience v1' }) definition!: string;
  @ApiProperty({ description: 'Points before any evidence.', example: 60 }) prior!: number;
  @ApiProperty({ description: 'As `cem.score` of the customer. `prior` and the parts’ points add up to it, to the hundredth.', type: 'object', additionalProperties: true })
  score!: object;
  @ApiProperty({ description: 'One a touchpoint, in order of time.', type: [ExplainedPart] }) parts!: readonly ExplainedPart[];
  @ApiProperty({ type: String, example: '00000000000004d2' }) position!: Position;
}
