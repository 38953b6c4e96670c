/** What engineers send, as OpenAPI tells it and as it is checked. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Documents } from '@throughline/contracts';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsString, IsUUID, Length, Max, Min, ValidateIf, ValidateNested } from 'class-validator';

const MOST_WORKERS = 64;

/** What may be left out; null is no way to leave it out. */
const IfGiven = () => ValidateIf((_, value: unknown) => value !== undefined);

class AskedBody {
  @ApiProperty({ example: 'ada@engineering.example' })
  @IsString()
  @Length(1, 200)
  author!: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Makes sending again safe: the same asking counts once.' })
  @IfGiven()
  @IsUUID()
  id?: string;
}

/** Asks for what does no harm without a reason. */
export class TellBody extends AskedBody {
  @ApiPropertyOptional({ example: 'The night shift needs the cores.' })
  @IfGiven()
  @IsString()
  @Length(1, 2_000)
  reason?: string;
}

class SampleBody {
  @ApiProperty({ minimum: 1, maximum: 15, description: 'Customers whose id’s first hex digit is below it: n of 16.' })
  @IsInt()
  @Min(1)
  @Max(15)
  digits!: number;
}

export class ReplayBody extends TellBody {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: true },
    description:
      'Definitions, whole, by name: crm takes `survivorship`, cem `score`, balance `score` and `grid`. Those not named are the live version’s; null stands for the shipped one.',
    example: { score: { name: 'experience-score', version: 2 } },
  })
  @IfGiven()
  @IsObject()
  documents?: Documents;

  @ApiPropertyOptional({ type: SampleBody, description: 'Builds a slice only, to compare; it cannot be promoted.' })
  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => SampleBody)
  sample?: SampleBody;

  @ApiPropertyOptional({ description: 'Threads that build; as many as the machine has cores unless told.' })
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(MOST_WORKERS)
  workers?: number;

  @ApiPropertyOptional({
    enum: ['copy', 'log'],
    description: 'Where the log is read: this host’s copy, or its server. `copy` unless told.',
  })
  @IfGiven()
  @IsIn(['copy', 'log'])
  source?: 'copy' | 'log';
}

/** Asks for what changes what readers are given. */
export class SwitchBody extends AskedBody {
  @ApiProperty({ example: 'Waiting weighs more; compared and agreed with the contact centre.' })
  @IsString()
  @Length(1, 2_000)
  reason!: string;
}

export class PromoteBody extends SwitchBody {
  @ApiPropertyOptional({ format: 'uuid', description: 'The replay whose version it is; the open one unless told.' })
  @IfGiven()
  @IsUUID()
  replay?: string;
}
