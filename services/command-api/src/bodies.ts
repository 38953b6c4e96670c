/** What stewards send, as OpenAPI tells it and as it is checked. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsISO8601,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';

const KEY = /^[0-9a-f]{32}$/;
const IS_KEY = { message: '$property must be 32 lower-case hex digits' };
const MOST_KEYS = 1_000;
const MOST_TOUCHPOINTS = 10_000;

/** One of a customer's identifiers, in the clear or as its key. */
export class IdentifierBody {
  @ApiPropertyOptional({ example: 'phone', description: 'With a key, only needed while the key is unknown.' })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  type?: string;

  @ApiPropertyOptional({ example: '977-806-9726', description: 'In the clear; it is hashed at once and not kept.' })
  @IsOptional()
  @IsString()
  @Length(1, 512)
  value?: string;

  @ApiPropertyOptional({ description: 'Instead of a value: 32 hex digits, as `GET /customers/{id}` shows them.' })
  @IsOptional()
  @Matches(KEY, IS_KEY)
  key?: string;
}

class RequestBody {
  @ApiProperty({ example: 'Same signature on both contracts.' })
  @IsString()
  @Length(1, 2_000)
  reason!: string;

  @ApiProperty({ example: 'ada@steward.example' })
  @IsString()
  @Length(1, 200)
  author!: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Makes sending again safe: the same request counts once.' })
  @IsOptional()
  @IsUUID()
  requestId?: string;
}

export class LinkBody extends RequestBody {
  @ApiProperty({ type: IdentifierBody })
  @ValidateNested()
  @Type(() => IdentifierBody)
  a!: IdentifierBody;

  @ApiProperty({ type: IdentifierBody })
  @ValidateNested()
  @Type(() => IdentifierBody)
  b!: IdentifierBody;
}

export class SplitBody extends RequestBody {
  @ApiProperty({ description: 'Any id of the customer.' })
  @Matches(KEY, IS_KEY)
  customer!: string;

  @ApiProperty({ type: [IdentifierBody], description: 'The keys that are somebody else’s.' })
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_KEYS)
  @ValidateNested({ each: true })
  @Type(() => IdentifierBody)
  apart!: IdentifierBody[];
}

export class SpanBody {
  @ApiProperty({ format: 'date-time', description: 'From this moment on…' })
  @IsISO8601({ strict: true })
  from!: string;

  @ApiProperty({ format: 'date-time', description: '…and before this one.' })
  @IsISO8601({ strict: true })
  to!: string;
}

export class MoveBody extends RequestBody {
  @ApiProperty({ type: IdentifierBody, description: 'The subject whose touchpoints they are.' })
  @ValidateNested()
  @Type(() => IdentifierBody)
  from!: IdentifierBody;

  @ApiProperty({ type: IdentifierBody, description: 'The subject they shall count for.' })
  @ValidateNested()
  @Type(() => IdentifierBody)
  to!: IdentifierBody;

  @ApiPropertyOptional({ type: [String], description: 'Ids of the touchpoints; or `span`.' })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_TOUCHPOINTS)
  @IsUUID(undefined, { each: true })
  touchpoints?: string[];

  @ApiPropertyOptional({ type: SpanBody, description: 'All that occurred in a span of time; or `touchpoints`.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => SpanBody)
  span?: SpanBody;
}

export class UndoBody extends RequestBody {}
