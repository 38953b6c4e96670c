import type { Readable } from 'node:stream';
import { Controller, Headers, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { touchpointSchema } from '@throughline/contracts';
import { readBody, spanOf, type ByteBudget } from '@throughline/runtime';
import { ReceiptAnswer } from './answers.ts';
import { IntakeFigures } from './figures.ts';
import { LIMITS } from './limits.ts';
import { Reception } from './reception.ts';
import { BUDGET } from './tokens.ts';

const ONE = touchpointSchema() as object;

@ApiTags('intake')
@Controller('touchpoints')
export class TouchpointsController {
  readonly #reception: Reception;
  readonly #budget: ByteBudget;
  readonly #figures: IntakeFigures;

  constructor(
    @Inject(Reception) reception: Reception,
    @Inject(BUDGET) budget: ByteBudget,
    @Inject(IntakeFigures) figures: IntakeFigures,
  ) {
    this.#reception = reception;
    this.#budget = budget;
    this.#figures = figures;
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sends touchpoints',
    description:
      'One object, a list, or one object a line (NDJSON), plain or gzipped, in UTF-8; `Content-Type` is not asked. Answers once ' +
      'everything is durable. A bad item is kept in quarantine and told in the answer; the others are accepted. Sending the same ' +
      'again is safe: `source` and `id` are a touchpoint’s identity. The fields of each type are in docs/reference/touchpoints.md.',
  })
  @ApiBody({
    required: true,
    content: {
      'application/json': { schema: { oneOf: [ONE, { type: 'array', items: ONE }] } },
      'application/x-ndjson': { schema: { type: 'string' } },
    } as never,
  } as never)
  @ApiOkResponse({ type: ReceiptAnswer })
  async receive(
    @Req() request: { id: string; body?: Readable },
    @Headers('content-encoding') encoding?: string,
  ): Promise<ReceiptAnswer> {
    const hold = this.#budget.hold();
    try {
      const body = await readBody(request.body, { ...LIMITS, encoding, hold });
      const receipt = await this.#reception.receive(body, { correlationId: request.id, span: spanOf(request) });
      this.#figures.count(receipt);
      return { ...receipt, quarantined: [...receipt.quarantined] };
    } finally {
      hold.release();
    }
  }
}
