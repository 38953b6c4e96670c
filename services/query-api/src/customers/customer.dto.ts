import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { IndexValue, Key, Position } from '@throughline/contracts';

const ID = '0f4c1b9e7a2d4c6f8b1e3a5d7c9f0b2d';

export const AS_OF = 'The day or time asked for, where the past was asked for: what happened later is left out.';
export const KNOWN_AT = 'By what was known when, where the past was asked for: what was recorded later is left out.';

export class KeyDto implements Key {
  @ApiProperty({ description: 'Type of the identifier.', example: 'email' })
  type!: string;

  @ApiProperty({ description: 'Keyed hash of its value: 32 hex digits.', example: ID })
  key!: string;
}

export class CustomerAnswer {
  @ApiProperty({
    description: 'The id that lives for ever: minted from the first subject recorded of this customer.',
    example: ID,
  })
  id!: string;

  @ApiPropertyOptional({
    description:
      'The id asked for, where it is not the customer’s own: it was merged into this customer, or is one of its keys.',
    example: ID,
  })
  askedFor?: string;

  @ApiProperty({ description: 'Every key that identity put with this customer.', type: [KeyDto] })
  keys!: readonly Key[];

  @ApiPropertyOptional({
    description: 'True when some touchpoint could not be folded and is parked: what is shown lacks it.',
  })
  incomplete?: boolean;

  @ApiProperty({ description: 'What the customer is to the company.', type: 'object', additionalProperties: true })
  crm!: object;

  @ApiProperty({ description: 'What the company is to the customer.', type: 'object', additionalProperties: true })
  cem!: object;

  @ApiProperty({
    description: 'Both values side by side, and the cell of the grid.',
    type: 'object',
    additionalProperties: true,
  })
  balance!: object;

  @ApiPropertyOptional({ description: AS_OF, example: '2024-05-01' })
  asOf?: string;

  @ApiPropertyOptional({ description: KNOWN_AT, example: '2024-06-01T00:00:00.000Z' })
  knownAt?: string;

  @ApiPropertyOptional({
    description: 'By which versions of the projections the past was told.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { crm: '6a1f09b2c3d4e5f6', cem: 'f2b0c5a1d3e49786', balance: '0d9c8b7a6f5e4d3c' },
  })
  versions?: Readonly<Record<string, string>>;

  @ApiProperty({
    description: 'Every event of the log at or before it is in this answer.',
    type: String,
    example: '00000000000004d2',
  })
  position!: Position;
}

/** A customer in a list: who, and the value of each field that they have. `GET /customers/{id}` tells the rest. */
export class CustomerSummary {
  @ApiProperty({ example: ID })
  id!: string;

  @ApiProperty({
    description: 'By the names that `where` and `sort` use; a field the customer has no value for is left out.',
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
    example: { 'crm.orders': 4, 'cem.score': 37.5, 'balance.cell': 'high-low' },
  })
  fields!: Readonly<Record<string, IndexValue>>;
}

export class CustomerPage {
  @ApiProperty({ description: 'How many customers match, exactly.', example: 128 })
  total!: number;

  @ApiProperty({ type: [CustomerSummary] })
  items!: readonly CustomerSummary[];

  @ApiPropertyOptional({ description: 'The `cursor` of the next page; absent on the last one.' })
  next?: string;

  @ApiProperty({
    description: 'Every event of the log at or before it is in this answer.',
    type: String,
    example: '00000000000004d2',
  })
  position!: Position;
}
