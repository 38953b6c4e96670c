/** The shapes of intake's answers, as OpenAPI tells them. */
import { PROBLEMS } from '@throughline/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const CODES = Object.keys(PROBLEMS);

export class QuarantinedAnswer {
  @ApiProperty({ description: 'Which item of the request, counted from 0.' }) index!: number;
  @ApiProperty({ enum: CODES }) code!: string;
  @ApiProperty({ description: 'What is wrong with it, naming fields and never values.' }) message!: string;
  @ApiProperty({ format: 'uuid' }) quarantineId!: string;
}

export class ReceiptAnswer {
  @ApiProperty() accepted!: number;
  @ApiProperty({ description: 'Touchpoints that were there already.' }) duplicates!: number;
  @ApiProperty({ type: [QuarantinedAnswer] }) quarantined!: QuarantinedAnswer[];
  @ApiPropertyOptional({
    description:
      'The latest position among accepted and duplicates: ask with `?after=` to see them. Absent when there is neither.',
  })
  position?: string;
}

export class QuarantineEntryAnswer {
  @ApiProperty({ format: 'uuid' }) quarantineId!: string;
  @ApiProperty({ enum: ['open', 'redriven'] }) state!: string;
  @ApiProperty({ enum: CODES }) code!: string;
  @ApiProperty() message!: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Where it came from.' }) origin!: object;
  @ApiProperty({ format: 'date-time' }) receivedAt!: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'The touchpoint it became.' }) touchpointId?: string;
}

class RawAnswer {
  @ApiProperty({ enum: ['utf8', 'base64'] }) encoding!: string;
  @ApiProperty() body!: string;
}

export class QuarantineItemAnswer extends QuarantineEntryAnswer {
  @ApiProperty({ description: 'Bytes that were sent.' }) size!: number;
  @ApiPropertyOptional({ description: 'What was sent, with `?raw=true`: personal.' }) raw?: RawAnswer;
}

export class QuarantinePageAnswer {
  @ApiProperty({ type: [QuarantineEntryAnswer] }) items!: QuarantineEntryAnswer[];
  @ApiPropertyOptional({ description: 'The `cursor` of the next page; absent on the last.' }) next?: string;
}

export class RedrivenAnswer {
  @ApiProperty({ format: 'uuid' }) quarantineId!: string;
  @ApiProperty({ format: 'uuid' }) touchpointId!: string;
  @ApiProperty({ description: 'Of the touchpoint: ask with `?after=` to see it.' }) position!: string;
}
