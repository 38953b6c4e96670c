import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import type { Position } from '@throughline/contracts';
import type { Behind } from '@throughline/event-log';
import type { Role } from '@throughline/versions';
import { DocumentDto, DocumentsProperty, VERSION, type DocumentNames } from './versions.dto.ts';

export class Lag implements Behind {
  @ApiProperty({ description: 'Whether it holds everything that is in the log.' })
  caughtUp!: boolean;

  @ApiProperty({
    description: 'How long the oldest event that it lacks has been in the log; 0 when it lacks none.',
    example: 0.012,
  })
  seconds!: number;
}

class VersionInShort {
  @ApiProperty({ example: VERSION }) version!: string;
  @ApiProperty({ enum: ['live', 'previous', 'candidate'] }) role!: Role;
  @ApiProperty({ enum: ['follow', 'build', 'rest'] }) does!: 'follow' | 'build' | 'rest';
}

@ApiExtraModels(DocumentDto)
export class ProjectionStatus {
  @ApiProperty({ example: 'crm' })
  name!: string;

  @ApiProperty({ description: 'Of code and definitions.', example: VERSION })
  version!: string;

  @DocumentsProperty() documents!: DocumentNames;

  @ApiProperty({ description: 'All that are kept, the live one first.', type: [VersionInShort] })
  versions!: readonly VersionInShort[];

  @ApiProperty({
    description: 'Every event at or before it is in the view.',
    type: String,
    example: '00000000000004d2',
  })
  position!: Position;

  @ApiProperty({ type: Lag })
  lag!: Lag;

  @ApiProperty({
    description: 'The day the view stands for; null before the first.',
    type: String,
    nullable: true,
    example: '2026-11-22',
  })
  day!: string | null;

  @ApiProperty({
    description:
      'Touchpoints and customers that could not be folded and wait for a redrive; null while the view is built from the log and answers nothing yet.',
    type: Number,
    nullable: true,
    example: 0,
  })
  parked!: number | null;
}

export class ProjectionsAnswer {
  @ApiProperty({ description: 'Position of the last event of the log.', type: String, example: '00000000000004d2' })
  head!: Position;

  @ApiProperty({ description: 'How far identity has decided.', type: String, example: '00000000000004d2' })
  identity!: Position;

  @ApiProperty({ type: [ProjectionStatus] })
  items!: readonly ProjectionStatus[];
}
