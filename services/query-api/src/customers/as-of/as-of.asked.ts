import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { Asked } from '../../http/asked.ts';

/** As which day, and by what was known when, a customer is asked for. */
export class AsOfAsked extends Asked {
  @ApiPropertyOptional({
    description:
      'The customer as they were then: touchpoints that happened later are left out, and evidence is as old as it was. A day, to its ' +
      'end in the company’s time zone, or a time with its offset (in an address `+` is written `%2B`). The day of `knownAt` unless told.',
    example: '2024-05-01',
  })
  @IsOptional()
  @IsString()
  asOf?: string;

  @ApiPropertyOptional({
    description:
      'By what was known then: touchpoints, retractions, moves and who is who as recorded by then, and the definitions promoted by ' +
      'then. Written as `asOf` is; now unless told.',
    example: '2024-06-01',
  })
  @IsOptional()
  @IsString()
  knownAt?: string;

  @ApiPropertyOptional({
    description:
      'By the definitions of this version in place of those promoted at `knownAt`: `cem:f2b0c5a1d3e49786`, or only the name where it ' +
      'is of cem; several separated by commas.',
    example: 'cem:f2b0c5a1d3e49786',
  })
  @IsOptional()
  @IsString()
  version?: string;
}
