/** The shapes of the answers, as OpenAPI tells them. */
import { ApiProperty } from '@nestjs/swagger';
import type { Position } from '@throughline/contracts';

const VERSION = 'f2b0c5a1d3e49786';

class Told {
  @ApiProperty({
    type: String,
    description: 'Where in the log it stands; where it was so already, the last event of this projection’s versions.',
  })
  position!: Position;
}

export class ReplayStarted extends Told {
  @ApiProperty({ format: 'uuid' }) replay!: string;
  @ApiProperty({ example: VERSION, description: 'The name of what is built.' }) version!: string;
}

export class ReplayTurned extends Told {
  @ApiProperty({ format: 'uuid' }) replay!: string;
  @ApiProperty({ enum: ['paused', 'building', 'cancelled'] }) state!: 'paused' | 'building' | 'cancelled';
}

export class DiffAsked extends Told {
  @ApiProperty({ format: 'uuid' }) diff!: string;
  @ApiProperty({ format: 'uuid' }) replay!: string;
  @ApiProperty({ example: VERSION, description: 'The live version.' }) from!: string;
  @ApiProperty({ example: VERSION, description: 'The candidate.' }) to!: string;
}

export class VersionTold extends Told {
  @ApiProperty({
    example: VERSION,
    description: 'The version that readers are given from here on, or the one that is retired.',
  })
  version!: string;
}
