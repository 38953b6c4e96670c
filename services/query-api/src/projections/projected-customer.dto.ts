import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { CustomerAnswer } from '../customers/customer.dto.ts';
import { Asked } from '../http/asked.ts';
import { VERSION } from './versions.dto.ts';

export class ProjectedAsked extends Asked {
  @ApiPropertyOptional({
    description: 'By this version in place of the live one: any that is kept, a candidate too.',
    example: VERSION,
  })
  @IsOptional()
  @Matches(/^[0-9a-f]{16}(\.\d{1,6})?$/, { message: 'version is a version’s name, such as f2b0c5a1d3e49786' })
  version?: string;
}

export class ProjectedCustomer extends PickType(CustomerAnswer, ['id', 'askedFor', 'keys', 'incomplete', 'position']) {
  @ApiProperty({ example: 'cem' }) projection!: string;

  @ApiProperty({ description: 'The version that this was read from.', example: VERSION }) version!: string;

  @ApiProperty({
    description: 'The customer as this projection finishes them.',
    type: 'object',
    additionalProperties: true,
  })
  view!: object;
}
