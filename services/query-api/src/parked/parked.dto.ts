import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Position } from '@throughline/contracts';

export class ParkedItem {
  @ApiProperty({
    description: 'Of the touchpoint that could not be folded, or of the customer whose view could not be finished.',
    example: '6f1c3a52-0c1e-5d5b-8f43-1d2f0a9f6d11',
  })
  id!: string;

  @ApiProperty({ enum: ['fold', 'view'] })
  stage!: 'fold' | 'view';

  @ApiProperty({ description: 'The subject that lacks it; the customer, where it is a view.' })
  of!: string;

  @ApiProperty({ description: 'The customer whose subject that is.' })
  customer!: string;

  @ApiProperty({ description: 'Kind of error and place in the code.', example: 'TypeError at journey.ts:41:17' })
  error!: string;

  @ApiPropertyOptional({ description: 'Of the touchpoint.', example: 'call.ended' })
  type?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Of the touchpoint.' })
  occurredAt?: string;

  @ApiPropertyOptional({ type: String, description: 'Where in the log the touchpoint stands.' })
  position?: Position;
}

export class ParkedAnswer {
  @ApiProperty({ description: 'How many there are in all.', example: 1 })
  total!: number;

  @ApiProperty({ type: [ParkedItem], description: 'In the order of ids.' })
  items!: readonly ParkedItem[];

  @ApiPropertyOptional({ description: 'Pass as `cursor` for the next page; absent on the last.' })
  next?: string;

  @ApiProperty({ type: String, description: 'Everything at or before it is in the view.' })
  position!: Position;
}
