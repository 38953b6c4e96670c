import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Facts, Key, Personal, Position } from '@throughline/contracts';
import { KeyDto } from './customer.dto.ts';

export class TakenBack {
  @ApiProperty({
    description: 'When the log recorded that it no longer counts, RFC 3339.',
    example: '2026-03-02T10:00:00.000Z',
  })
  at!: string;

  @ApiProperty({
    description: '`touchpoint.retracted`: it was a mistake. `touchpoint.duplicated`: another stream already held it.',
  })
  by!: string;

  @ApiPropertyOptional()
  reason?: string;
}

export class TimelineItem {
  @ApiProperty({ example: '4b7e7c1e-6a31-5f0e-9b1d-2a7c5d8e9f10' })
  id!: string;

  @ApiProperty({ example: 'call.ended' })
  type!: string;

  @ApiProperty({ description: 'When it happened to the customer, RFC 3339.', example: '2026-03-01T09:14:00.000Z' })
  occurredAt!: string;

  @ApiProperty({ description: 'When the log recorded it, RFC 3339.', example: '2026-03-01T09:14:02.113Z' })
  recordedAt!: string;

  @ApiProperty({
    description: 'Channel, brand, market, product and so on, those that are known.',
    example: { channel: 'phone', team: 'north' },
  })
  dimensions!: Readonly<Record<string, string>>;

  @ApiProperty({
    description: 'What happened.',
    type: 'object',
    additionalProperties: true,
    example: { talkSeconds: 372, outcome: 'answered' },
  })
  facts!: Facts;

  @ApiPropertyOptional({
    description:
      'Who: identifiers, traits, the customer’s own words. Absent when there was none, or when it was erased.',
  })
  personal?: Personal;

  @ApiProperty({ type: [KeyDto] })
  keys!: readonly Key[];

  @ApiProperty({ description: 'The system that said so.', example: 'contact-centre' })
  source!: string;

  @ApiPropertyOptional({ description: 'What intake found worth saying.', example: ['clock-corrected'] })
  flags?: readonly string[];

  @ApiProperty({ description: 'The subject in whose stream it stands.' })
  subject!: string;

  @ApiPropertyOptional({ description: 'Present when it counts no longer.' })
  takenBack?: TakenBack;

  @ApiProperty({ type: String })
  position!: Position;
}

export class Timeline {
  @ApiProperty({ description: 'The customer.', example: '0f4c1b9e7a2d4c6f8b1e3a5d7c9f0b2d' })
  id!: string;

  @ApiProperty({ description: 'Newest first.', type: [TimelineItem] })
  items!: readonly TimelineItem[];

  @ApiPropertyOptional({ description: 'The `cursor` of the next page; absent on the last one.' })
  next?: string;

  @ApiProperty({ type: String, example: '00000000000004d2' })
  position!: Position;
}
