import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { BalanceGrid } from '@throughline/balance';
import type { Position } from '@throughline/contracts';

class SplitDto {
  @ApiProperty({ description: 'Band of the side that is known.', enum: ['low', 'mid', 'high', 'unknown'] })
  band!: string;
  @ApiProperty() customers!: number;
}

class CountedDto {
  @ApiProperty({ example: 'high-low' }) cell!: string;
  @ApiProperty({ example: 212 }) customers!: number;
  @ApiProperty({ description: 'Of all customers; the shares of all cells add up to 1.', example: 0.042 })
  share!: number;
  @ApiProperty({ example: 'at risk' }) name!: string;
  @ApiProperty({ example: 'worth a lot to us, badly served' }) meaning!: string;
  @ApiProperty({ example: 'Call first: see what went wrong in their explanation, put it right, say so.' })
  todo!: string;
}

class CellDto extends CountedDto {
  @ApiProperty({ description: 'Value to the company.', enum: ['low', 'mid', 'high'] }) value!: string;
  @ApiProperty({ description: 'Value to the customer.', enum: ['low', 'mid', 'high'] }) experience!: string;
}

class UnknownDto extends CountedDto {
  @ApiProperty({ type: [SplitDto] }) split!: readonly SplitDto[];
}

export class GridAnswer {
  @ApiProperty({ example: 5000 }) customers!: number;
  @ApiProperty({ description: 'Bands of value to the company, highest first.', type: [String] })
  rows!: BalanceGrid['rows'];
  @ApiProperty({ description: 'Bands of value to the customer, lowest first.', type: [String] })
  cols!: BalanceGrid['cols'];
  @ApiProperty({ description: 'All nine, row by row.', type: [CellDto] }) cells!: BalanceGrid['cells'];
  @ApiProperty({ description: '`value-unknown` and `not-enough-evidence`.', type: [UnknownDto] })
  unknown!: BalanceGrid['unknown'];
  @ApiProperty({ description: 'Where the lines are drawn, and why there.', type: 'object', additionalProperties: true })
  definition!: BalanceGrid['definition'];
  @ApiPropertyOptional({ description: 'The day the grid stands for.', example: '2026-11-22' }) day?: string;
  @ApiProperty({ type: String, example: '00000000000004d2' }) position!: Position;
}
