import { ApiPropertyOptional } from '@nestjs/swagger';
import { ThroughlineError } from '@throughline/contracts';
import { IsOptional, IsString, Matches } from 'class-validator';
import { Asked } from '../http/asked.ts';

const DEFAULT_LIMIT = 20;
const LARGEST_LIMIT = 200;

export class PageAsked extends Asked {
  @ApiPropertyOptional({
    description: `Items a page: ${DEFAULT_LIMIT} unless told, ${LARGEST_LIMIT} at most.`,
    example: '50',
  })
  @IsOptional()
  @Matches(/^\d{1,4}$/, { message: 'limit is a whole number' })
  limit?: string;

  @ApiPropertyOptional({ description: 'What the page before gave as `next`.' })
  @IsOptional()
  @IsString()
  cursor?: string;
}

export class CustomersAsked extends PageAsked {
  @ApiPropertyOptional({ description: 'type:value, as a person writes it.', example: 'phone:977-806-9726' })
  @IsOptional()
  @IsString()
  identifier?: string;

  @ApiPropertyOptional({ description: 'RSQL over the customers’ fields.', example: 'crm.orders=ge=3;cem.score=lt=40' })
  @IsOptional()
  @IsString()
  where?: string;

  @ApiPropertyOptional({ description: 'A field; `-` before it for descending.', example: '-cem.score' })
  @IsOptional()
  @IsString()
  sort?: string;
}

export class TimelineAsked extends PageAsked {
  @ApiPropertyOptional({ description: 'Only these channels, separated by commas.', example: 'phone,email' })
  @IsOptional()
  @IsString()
  channel?: string;

  @ApiPropertyOptional({ description: 'Only these types, separated by commas.', example: 'call.ended' })
  @IsOptional()
  @IsString()
  type?: string;
}

export function limitOf(text: string | undefined): number {
  const limit = text === undefined ? DEFAULT_LIMIT : Number(text);
  if (limit < 1 || limit > LARGEST_LIMIT)
    throw new ThroughlineError('invalid-query', `limit is from 1 to ${LARGEST_LIMIT}.`);
  return limit;
}

/** What is separated by commas; nothing for nothing. */
export function list(text: string | undefined): readonly string[] {
  return text ? text.split(',') : [];
}
