import type { Readable } from 'node:stream';
import { Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { ThroughlineError } from '@throughline/contracts';
import { readBody, type ByteBudget } from '@throughline/runtime';
import { QuarantineItemAnswer, QuarantinePageAnswer, RedrivenAnswer } from './answers.ts';
import { LIMITS } from './limits.ts';
import {
  Quarantine,
  type QuarantineItem,
  type QuarantinePage,
  type QuarantineState,
  type Redriven,
} from './quarantine.ts';
import { BUDGET } from './tokens.ts';

const STATES: readonly QuarantineState[] = ['open', 'redriven'];
const PAGE = 100;
const LONGEST_PAGE = 1_000;

@ApiTags('quarantine')
@Controller('quarantine')
export class QuarantineController {
  readonly #quarantine: Quarantine;
  readonly #budget: ByteBudget;

  constructor(@Inject(Quarantine) quarantine: Quarantine, @Inject(BUDGET) budget: ByteBudget) {
    this.#quarantine = quarantine;
    this.#budget = budget;
  }

  @Get()
  @ApiOperation({ summary: 'Lists what could not be accepted, oldest first' })
  @ApiQuery({
    name: 'limit',
    required: false,
    type: 'integer',
    description: `1 to ${LONGEST_PAGE}, ${PAGE} unless told.`,
  })
  @ApiQuery({ name: 'cursor', required: false, description: '`next` of the page before.' })
  @ApiQuery({ name: 'state', required: false, enum: [...STATES] })
  @ApiOkResponse({ type: QuarantinePageAnswer })
  async list(
    @Query('limit') limit?: string,
    @Query('cursor') cursor?: string,
    @Query('state') state?: string,
  ): Promise<QuarantinePage> {
    return await this.#quarantine.list({
      limit: pageOf(limit),
      ...(cursor ? { cursor } : {}),
      ...(state ? { state: stateOf(state) } : {}),
    });
  }

  @Get(':id')
  @ApiOperation({ summary: 'Shows one item; what was sent only when asked for: it is personal' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiQuery({ name: 'raw', required: false, enum: ['true', 'false'] })
  @ApiOkResponse({ type: QuarantineItemAnswer })
  async show(@Param('id') id: string, @Query('raw') raw?: string): Promise<QuarantineItem> {
    return await this.#quarantine.show(id, { raw: raw === 'true' });
  }

  @Post(':id/redrive')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Accepts an item after all, under its original identity and time',
    description: 'As it was sent, or as the body says. Redriving again changes nothing and answers the same.',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiBody({
    required: false,
    description: 'The touchpoint, put right; its `source` and `id` stay as sent.',
    schema: { type: 'object' },
  })
  @ApiOkResponse({ type: RedrivenAnswer })
  async redrive(
    @Param('id') id: string,
    @Req() request: { body?: Readable },
    @Headers('content-encoding') encoding?: string,
  ): Promise<Redriven> {
    const hold = this.#budget.hold();
    try {
      const body = await readBody(request.body, { ...LIMITS, encoding, hold });
      return await this.#quarantine.redrive(id, body.length > 0 ? body : undefined);
    } finally {
      hold.release();
    }
  }
}

function pageOf(limit: string | undefined): number {
  if (limit === undefined || limit === '') return PAGE;
  const page = Number(limit);
  if (!Number.isInteger(page) || page < 1 || page > LONGEST_PAGE) {
    throw new ThroughlineError('invalid-query', `limit is a whole number from 1 to ${LONGEST_PAGE}.`);
  }
  return page;
}

function stateOf(state: string): QuarantineState {
  const known = STATES.find((name) => name === state);
  if (!known) throw new ThroughlineError('invalid-query', `state is one of ${STATES.join(', ')}.`);
  return known;
}
