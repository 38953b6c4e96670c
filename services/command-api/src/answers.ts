/** The shapes of the answers, as OpenAPI tells them. */
import { REQUEST_TYPES } from '@throughline/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class KeyAnswer {
  @ApiProperty({ example: 'phone' }) type!: string;
  @ApiProperty({ description: '32 hex digits.' }) key!: string;
}

export class SubmittedAnswer {
  @ApiProperty({ format: 'uuid' }) requestId!: string;
  @ApiProperty({ description: 'Ask with `?after=` to see what it changed.' }) position!: string;
}

class CustomerKeysAnswer {
  @ApiProperty() id!: string;
  @ApiProperty({ type: [KeyAnswer] }) keys!: KeyAnswer[];
}

class MovedKeyAnswer extends KeyAnswer {
  @ApiProperty({ description: 'The customer it stands with.' }) from!: string;
  @ApiProperty({ description: 'The customer it would stand with.' }) to!: string;
}

class RefusedLinkAnswer {
  @ApiProperty({ type: KeyAnswer }) a!: KeyAnswer;
  @ApiProperty({ type: KeyAnswer }) b!: KeyAnswer;
  @ApiProperty({ enum: ['unique', 'limit', 'shared', 'hub', 'separated', 'blocked', 'too-large'] }) reason!: string;
}

export class PreviewAnswer {
  @ApiProperty({ type: [CustomerKeysAnswer], description: 'The customers it touches, as they are.' })
  before!: CustomerKeysAnswer[];
  @ApiProperty({ type: [CustomerKeysAnswer], description: 'The same keys’ customers, as they would be.' })
  after!: CustomerKeysAnswer[];
  @ApiProperty({ type: [MovedKeyAnswer] }) moved!: MovedKeyAnswer[];
  @ApiProperty({ type: [RefusedLinkAnswer], description: 'Links that would no longer, or not, be believed, and why.' })
  refused!: RefusedLinkAnswer[];
}

class RequestAnswer {
  @ApiProperty({ format: 'uuid' }) requestId!: string;
  @ApiProperty({ enum: REQUEST_TYPES }) type!: string;
  @ApiProperty({ format: 'date-time' }) requestedAt!: string;
  @ApiProperty() author!: string;
  @ApiProperty() reason!: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What was asked for, by keys.' })
  asked!: object;
  @ApiProperty() undone!: boolean;
  @ApiProperty() position!: string;
}

export class RequestsAnswer {
  @ApiProperty({ type: [RequestAnswer] }) items!: RequestAnswer[];
  @ApiPropertyOptional({ description: 'Pass as `cursor` for the next page; absent on the last.' }) next?: string;
}
