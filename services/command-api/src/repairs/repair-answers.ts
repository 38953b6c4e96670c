/** The shapes of the answers, as OpenAPI tells them. */
import { ApiProperty } from '@nestjs/swagger';
import type { Position } from '@throughline/contracts';

class Told {
  @ApiProperty({ type: String, description: 'Ask with `?after=` to see what came of it.' })
  position!: Position;
}

export class RefoldedAnswer extends Told {
  @ApiProperty({ description: 'How many subjects are folded again.', example: 1 }) subjects!: number;
  @ApiProperty({ description: 'How many customers are finished again, beside those of these subjects.', example: 0 })
  customers!: number;
}

export class ClearedAnswer extends Told {
  @ApiProperty({ description: 'How many touchpoints are left out.', example: 1 }) touchpoints!: number;
}
