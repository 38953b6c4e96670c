import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import type { JsonObject, Position, VersionEventType } from '@throughline/contracts';
import type { Role } from '@throughline/versions';
import type { DocumentName } from '../versions/documents.ts';

export const VERSION = 'f2b0c5a1d3e49786';
export const POSITION = '00000000000004d2';

export class DocumentDto implements DocumentName {
  @ApiPropertyOptional({ example: 'experience-score' }) name?: string;
  @ApiPropertyOptional({ example: 2 }) version?: number;
  @ApiProperty({ description: 'Whether it is the one that the code brings along.' }) shipped!: boolean;
}

export type DocumentNames = Readonly<Record<string, DocumentName>>;

/** Definitions by name. */
export const DocumentsProperty = (): PropertyDecorator =>
  ApiProperty({
    description: 'Its definitions: those it was given, and the shipped ones in place of those it was not.',
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(DocumentDto) },
    example: { score: { name: 'experience-score', version: 2, shipped: false } },
  });

@ApiExtraModels(DocumentDto)
export class KeptVersion {
  @ApiProperty({ example: VERSION }) version!: string;
  @ApiProperty({ enum: ['live', 'previous', 'candidate'] }) role!: Role;
  @ApiProperty({
    enum: ['follow', 'build', 'rest'],
    description: 'It follows the log; or it is a candidate that is being built, or is left as it is (paused, failed).',
  })
  does!: 'follow' | 'build' | 'rest';
  @DocumentsProperty() documents!: DocumentNames;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it came to this role; null where it has it from the start.',
  })
  since!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The replay that builds or built it.' })
  replay!: string | null;
  @ApiProperty({ type: Number, nullable: true, description: 'What it takes up; null where that cannot be told.' })
  bytes!: number | null;
}

class ReignDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As it was called then; null while nothing else was ever promoted.',
    example: VERSION,
  })
  version!: string | null;
  @DocumentsProperty() documents!: DocumentNames;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: from the beginning.' })
  from!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: to this day.' })
  until!: string | null;
  @ApiProperty({ enum: ['shipped', 'promotion', 'rollback'] }) by!: 'shipped' | 'promotion' | 'rollback';
  @ApiProperty({ type: String, nullable: true }) author!: string | null;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
  @ApiProperty({ type: String, nullable: true, example: POSITION }) position!: Position | null;
}

class StoryEventDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ type: String, example: 'version.promoted' }) type!: VersionEventType;
  @ApiProperty({ format: 'date-time' }) recordedAt!: string;
  @ApiProperty({ type: String, example: POSITION }) position!: Position;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'As in the event; definitions by what they call themselves, comparisons without their report.',
  })
  data!: JsonObject;
}

class GoingOverDto {
  @ApiProperty({ example: 'v2' }) to!: string;
  @ApiProperty({ type: [String], description: 'The projections that do not have it yet.', example: ['crm'] })
  awaits!: readonly string[];
}

/** What versions there are, and all that was decided about them. */
@ApiExtraModels(DocumentDto)
export class VersionsAnswer {
  @ApiProperty({ example: 'cem' }) projection!: string;
  @ApiProperty({ description: 'What readers are given.', example: VERSION }) live!: string;
  @ApiPropertyOptional({
    type: GoingOverDto,
    description: 'Of identity, while views are still read by another version: they go over together.',
  })
  goingOver?: GoingOverDto;
  @ApiProperty({ type: [KeptVersion], description: 'Those that are kept, the live one first.' })
  items!: readonly KeptVersion[];
  @ApiProperty({ type: [ReignDto], description: 'What readers were given, from when to when, oldest first.' })
  reigns!: readonly ReignDto[];
  @ApiProperty({ type: [StoryEventDto], description: 'Who did what, when and why, oldest first.' })
  events!: readonly StoryEventDto[];
}
