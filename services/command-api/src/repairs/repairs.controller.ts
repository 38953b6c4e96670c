import type { Readable } from 'node:stream';
import { Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ThroughlineError, type AskedBy } from '@throughline/contracts';
import { PROJECTION_NAMES } from '@throughline/projections';
import { bodyOf } from '../read-body.ts';
import { ClearParked, RebuildCustomer, RedriveParked } from './ask-for-repair.ts';
import { ClearedAnswer, RefoldedAnswer } from './repair-answers.ts';
import { ClearBody, RebuildBody, RedriveBody } from './repair-bodies.ts';
import type { Which } from './repair-desk.ts';

interface Sent {
  /** The request's correlation id. */
  readonly id: string;
  readonly body?: Readable;
}

const OfProjection = ApiParam({ name: 'name', enum: PROJECTION_NAMES, example: 'cem' });

@ApiTags('operation')
@Controller()
export class RepairsController {
  readonly #commands: CommandBus;

  constructor(@Inject(CommandBus) commands: CommandBus) {
    this.#commands = commands;
  }

  @Post('projections/:name/parked/redrive')
  @HttpCode(202)
  @ApiOperation({ summary: 'Tries again what could not be folded or finished, in every version' })
  @OfProjection
  @ApiBody({ type: RedriveBody })
  @ApiAcceptedResponse({ type: RefoldedAnswer })
  async redrive(@Param('name') name: string, @Req() sent: Sent): Promise<RefoldedAnswer> {
    const body = await bodyOf(RedriveBody, sent.body);
    return this.#commands.execute(new RedriveParked(name, whichOf(body), saidIn(body), askedNow(sent)));
  }

  @Post('projections/:name/parked/clear')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Leaves touchpoints out for good that cannot be folded: their customers are complete without',
  })
  @OfProjection
  @ApiBody({ type: ClearBody })
  @ApiAcceptedResponse({ type: ClearedAnswer })
  async clear(@Param('name') name: string, @Req() sent: Sent): Promise<ClearedAnswer> {
    const { ids, ...body } = await bodyOf(ClearBody, sent.body);
    return this.#commands.execute(new ClearParked(name, lowerCase(ids), saidIn(body), askedNow(sent)));
  }

  @Post('customers/:id/rebuild')
  @HttpCode(202)
  @ApiOperation({ summary: 'Folds one customer again from their own streams, in every version' })
  @ApiParam({ name: 'id', description: 'Any id of the customer.' })
  @ApiBody({ type: RebuildBody })
  @ApiAcceptedResponse({ type: RefoldedAnswer })
  async rebuild(@Param('id') id: string, @Req() sent: Sent): Promise<RefoldedAnswer> {
    const { projections, ...body } = await bodyOf(RebuildBody, sent.body);
    const named = [...new Set(projections ?? PROJECTION_NAMES)];
    return this.#commands.execute(new RebuildCustomer(id, named, saidIn(body), askedNow(sent)));
  }
}

function whichOf({ ids, all }: RedriveBody): Which {
  if ((ids === undefined) === (all === undefined))
    throw new ThroughlineError('invalid-request', 'Name ids, or say all: true.');
  return ids ? { ids: lowerCase(ids) } : 'all';
}

function lowerCase(ids: readonly string[]): readonly string[] {
  return ids.map((id) => id.toLowerCase());
}

function saidIn({ author, reason = '' }: { readonly author: string; readonly reason?: string }): AskedBy {
  return { author, reason };
}

function askedNow({ id }: Sent) {
  return { at: Date.now(), correlationId: id };
}
