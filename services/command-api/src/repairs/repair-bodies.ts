/** What is sent to have something repaired, as OpenAPI tells it and as it is checked. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PROJECTION_NAMES } from '@throughline/projections';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsString, IsUUID, Length, Matches, ValidateIf } from 'class-validator';

const MOST_IDS = 1_000;
const ID = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** What may be left out; null is no way to leave it out. */
const IfGiven = () => ValidateIf((_, value: unknown) => value !== undefined);

class SaidBody {
  @ApiProperty({ example: 'ada@engineering.example' })
  @IsString()
  @Length(1, 200)
  author!: string;
}

class RepairBody extends SaidBody {
  @ApiPropertyOptional({ example: 'The journey’s parser is mended.' })
  @IfGiven()
  @IsString()
  @Length(1, 2_000)
  reason?: string;
}

export class RedriveBody extends RepairBody {
  @ApiPropertyOptional({ type: [String], description: 'Of touchpoints or customers; or `all`.' })
  @IfGiven()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_IDS)
  @Matches(ID, { each: true, message: 'ids are of touchpoints or customers' })
  ids?: string[];

  @ApiPropertyOptional({ enum: [true], description: 'Everything that is parked; or `ids`.' })
  @IfGiven()
  @IsIn([true])
  all?: true;
}

export class ClearBody extends SaidBody {
  @ApiProperty({ example: 'A test call of the switchboard; it stands for nobody.' })
  @IsString()
  @Length(1, 2_000)
  reason!: string;

  @ApiProperty({ type: [String], description: 'Of touchpoints. A customer is not cleared, but redriven.' })
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_IDS)
  @IsUUID(undefined, { each: true, message: 'ids are of touchpoints: a customer is not cleared, but redriven' })
  ids!: string[];
}

export class RebuildBody extends RepairBody {
  @ApiPropertyOptional({ enum: PROJECTION_NAMES, isArray: true, description: 'Only these; all unless told.' })
  @IfGiven()
  @ArrayMinSize(1)
  @IsIn([...PROJECTION_NAMES], { each: true })
  projections?: string[];
}
