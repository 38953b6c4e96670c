import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiBody,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { ThroughlineError } from '@throughline/contracts';
import type { Preview, RequestEvent } from '@throughline/identity';
import { PreviewAnswer, RequestsAnswer, SubmittedAnswer } from './answers.ts';
import { LinkBody, MoveBody, SplitBody, UndoBody } from './bodies.ts';
import { bodyOf } from './read-body.ts';
import { RequestLog, type Submitted } from './request-log.ts';
import { Stewardship } from './stewardship.ts';
import { SubmitRequest } from './submit-request.ts';

interface Sent {
  /** The request's correlation id. */
  readonly id: string;
  readonly body?: Readable;
}

const PAGE = 100;
const LONGEST_PAGE = 1_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const IsPreview = ApiQuery({
  name: 'preview',
  required: false,
  enum: ['true', 'false'],
  description: 'Shows what would change, and changes nothing.',
});
const Answers = ApiOkResponse({
  schema: { oneOf: [{ $ref: getSchemaPath(SubmittedAnswer) }, { $ref: getSchemaPath(PreviewAnswer) }] },
});

@ApiTags('identities')
@ApiExtraModels(SubmittedAnswer, PreviewAnswer)
@Controller('identities')
export class IdentitiesController {
  readonly #commands: CommandBus;
  readonly #stewardship: Stewardship;
  readonly #requests: RequestLog;

  constructor(
    @Inject(CommandBus) commands: CommandBus,
    @Inject(Stewardship) stewardship: Stewardship,
    @Inject(RequestLog) requests: RequestLog,
  ) {
    this.#commands = commands;
    this.#stewardship = stewardship;
    this.#requests = requests;
  }

  @Post('link')
  @HttpCode(200)
  @ApiOperation({ summary: 'Says that two identifiers are one customer’s' })
  @ApiBody({ type: LinkBody })
  @IsPreview
  @Answers
  async link(@Req() sent: Sent, @Query('preview') preview?: string): Promise<Submitted | Preview> {
    const link = await bodyOf(LinkBody, sent.body);
    return await this.#answer(await this.#stewardship.link(link.requestId ?? randomUUID(), link), sent, preview);
  }

  @Post('split')
  @HttpCode(200)
  @ApiOperation({ summary: 'Says that some of a customer’s identifiers are somebody else’s' })
  @ApiBody({ type: SplitBody })
  @IsPreview
  @Answers
  async split(@Req() sent: Sent, @Query('preview') preview?: string): Promise<Submitted | Preview> {
    const split = await bodyOf(SplitBody, sent.body);
    const known = split.requestId === undefined ? undefined : await this.#requests.find(split.requestId);
    return await this.#answer(
      await this.#stewardship.split(split.requestId ?? randomUUID(), split, known),
      sent,
      preview,
    );
  }

  @Post('move')
  @HttpCode(200)
  @ApiOperation({ summary: 'Lets touchpoints of one subject count for another' })
  @ApiBody({ type: MoveBody })
  @IsPreview
  @Answers
  async move(@Req() sent: Sent, @Query('preview') preview?: string): Promise<Submitted | Preview> {
    const move = await bodyOf(MoveBody, sent.body);
    return await this.#answer(await this.#stewardship.move(move.requestId ?? randomUUID(), move), sent, preview);
  }

  @Post('requests/:id/undo')
  @HttpCode(200)
  @ApiOperation({ summary: 'Undoes a link, split or move' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiBody({ type: UndoBody })
  @IsPreview
  @Answers
  async undo(
    @Param('id') id: string,
    @Req() sent: Sent,
    @Query('preview') preview?: string,
  ): Promise<Submitted | Preview> {
    if (!UUID.test(id)) throw new ThroughlineError('not-found', 'No request has this id.');
    const undo = await bodyOf(UndoBody, sent.body);
    return await this.#answer(
      this.#stewardship.undo(undo.requestId ?? randomUUID(), id.toLowerCase(), undo),
      sent,
      preview,
    );
  }

  @Get('requests')
  @ApiOperation({ summary: 'Lists stewards’ requests, newest first' })
  @ApiQuery({
    name: 'limit',
    required: false,
    type: 'integer',
    description: `1 to ${LONGEST_PAGE}, ${PAGE} unless told.`,
  })
  @ApiQuery({ name: 'cursor', required: false, description: '`next` of the page before.' })
  @ApiOkResponse({ type: RequestsAnswer })
  async requests(@Query('limit') limit?: string, @Query('cursor') cursor?: string): Promise<RequestsAnswer> {
    const before = cursor ? wholeNumber(cursor, 'cursor', Number.MAX_SAFE_INTEGER) : undefined;
    const page = {
      limit: limit ? wholeNumber(limit, 'limit', LONGEST_PAGE) : PAGE,
      ...(before !== undefined && { before }),
    };
    const { items, next } = await this.#requests.list(page);
    return {
      items: items.map(({ event: { id, type, data }, occurredAt, position, undone }) => {
        const { author, reason, ...asked } = data;
        return {
          requestId: id,
          type,
          requestedAt: new Date(occurredAt).toISOString(),
          author,
          reason,
          asked,
          undone,
          position,
        };
      }),
      ...(next !== undefined && { next: String(next) }),
    };
  }

  async #answer(request: RequestEvent, { id }: Sent, preview: string | undefined): Promise<Submitted | Preview> {
    const at = Date.now();
    if (preview === 'true') return await this.#stewardship.preview(request, at);
    return await this.#commands.execute(new SubmitRequest(request, { at, correlationId: id }));
  }
}

function wholeNumber(text: string, name: string, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > most) {
    throw new ThroughlineError('invalid-query', `${name} is a whole number from 1 to ${most}.`);
  }
  return number;
}
