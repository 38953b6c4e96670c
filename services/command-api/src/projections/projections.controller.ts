import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ThroughlineError,
  type Documents,
  type VersionEvent,
  type VersionEvents,
  type VersionEventType,
} from '@throughline/contracts';
import { VERSIONED_NAMES } from '@throughline/projections';
import { VERSION_REFUSALS } from '@throughline/versions';
import { bodyOf } from '../read-body.ts';
import { AskOfVersions } from './ask-of-versions.ts';
import { DiffAsked, ReplayStarted, ReplayTurned, VersionTold } from './projection-answers.ts';
import { PromoteBody, ReplayBody, SwitchBody, TellBody } from './projection-bodies.ts';
import type { VersionRequest, VersionsAsked } from './version-desk.ts';

interface Sent {
  /** The request's correlation id. */
  readonly id: string;
  readonly body?: Readable;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Half of what one append may hold: a promotion keeps the documents once more. */
const MOST_DOCUMENTS = 512 * 1024;
const STATES = { pause: 'paused', resume: 'building', cancel: 'cancelled' } as const;

const OfProjection = ApiParam({ name: 'name', enum: VERSIONED_NAMES, example: 'cem' });
const OfReplay = ApiParam({ name: 'replay', format: 'uuid' });

@ApiTags('operation')
@Controller('projections/:name')
export class ProjectionsController {
  readonly #commands: CommandBus;

  constructor(@Inject(CommandBus) commands: CommandBus) {
    this.#commands = commands;
  }

  @Post('replays')
  @HttpCode(202)
  @ApiOperation({ summary: 'Builds another version from the log’s beginning, beside the live one' })
  @OfProjection
  @ApiBody({ type: ReplayBody })
  @ApiAcceptedResponse({ type: ReplayStarted })
  async start(@Param('name') name: string, @Req() sent: Sent): Promise<ReplayStarted> {
    const body = await bodyOf(ReplayBody, sent.body);
    const { author, reason = '', documents = {}, sample, workers, source = 'copy' } = body;
    const id = idOf(body.id);
    const { event, position } = await this.#ask(name, sent, {
      id,
      type: 'start',
      data: {
        author,
        reason,
        documents: ofBoundedSize(documents),
        source,
        ...(sample && { sample: { digits: sample.digits } }),
        ...(workers !== undefined && { workers }),
      },
    });
    return { replay: id, version: dataOf('replay.requested', event).version, position };
  }

  @Post('replays/:replay/pause')
  @HttpCode(202)
  @ApiOperation({ summary: 'Leaves off building for a while; what is done stays done' })
  @OfProjection
  @OfReplay
  @ApiBody({ type: TellBody })
  @ApiAcceptedResponse({ type: ReplayTurned })
  pause(@Param('name') name: string, @Param('replay') replay: string, @Req() sent: Sent): Promise<ReplayTurned> {
    return this.#turn('pause', name, replay, sent);
  }

  @Post('replays/:replay/resume')
  @HttpCode(202)
  @ApiOperation({ summary: 'Goes on building what is paused or has failed' })
  @OfProjection
  @OfReplay
  @ApiBody({ type: TellBody })
  @ApiAcceptedResponse({ type: ReplayTurned })
  resume(@Param('name') name: string, @Param('replay') replay: string, @Req() sent: Sent): Promise<ReplayTurned> {
    return this.#turn('resume', name, replay, sent);
  }

  @Post('replays/:replay/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'Gives a replay up and removes what was built' })
  @OfProjection
  @OfReplay
  @ApiBody({ type: TellBody })
  @ApiAcceptedResponse({ type: ReplayTurned })
  cancel(@Param('name') name: string, @Param('replay') replay: string, @Req() sent: Sent): Promise<ReplayTurned> {
    return this.#turn('cancel', name, replay, sent);
  }

  @Post('replays/:replay/diffs')
  @HttpCode(202)
  @ApiOperation({ summary: 'Compares what was built with the live version, at one position' })
  @OfProjection
  @OfReplay
  @ApiBody({ type: TellBody })
  @ApiAcceptedResponse({ type: DiffAsked })
  async diff(@Param('name') name: string, @Param('replay') text: string, @Req() sent: Sent): Promise<DiffAsked> {
    const replay = replayId(text);
    const { author, reason = '', ...body } = await bodyOf(TellBody, sent.body);
    const id = idOf(body.id);
    const request: VersionRequest = { id, type: 'request-diff', data: { replay, author, reason } };
    const { event, position } = await this.#ask(name, sent, request);
    const { from, to } = dataOf('diff.requested', event);
    return { diff: id, replay, from, to, position };
  }

  @Post('promote')
  @HttpCode(202)
  @ApiOperation({ summary: 'Gives readers what was built, from here on' })
  @OfProjection
  @ApiBody({ type: PromoteBody })
  @ApiAcceptedResponse({ type: VersionTold })
  async promote(@Param('name') name: string, @Req() sent: Sent): Promise<VersionTold> {
    const { author, reason, replay, ...body } = await bodyOf(PromoteBody, sent.body);
    const { event, live, position } = await this.#ask(name, sent, {
      id: idOf(body.id),
      type: 'promote',
      data: { author, reason, ...(replay !== undefined && { replay: replay.toLowerCase() }) },
    });
    return { version: event ? dataOf('version.promoted', event).to : live, position };
  }

  @Post('rollback')
  @HttpCode(202)
  @ApiOperation({ summary: 'Gives readers the version again that was live before' })
  @OfProjection
  @ApiBody({ type: SwitchBody })
  @ApiAcceptedResponse({ type: VersionTold })
  async rollback(@Param('name') name: string, @Req() sent: Sent): Promise<VersionTold> {
    const { author, reason, ...body } = await bodyOf(SwitchBody, sent.body);
    const request: VersionRequest = { id: idOf(body.id), type: 'roll-back', data: { author, reason } };
    const { event, position } = await this.#ask(name, sent, request);
    return { version: dataOf('version.rolled-back', event).to, position };
  }

  @Post('retire')
  @HttpCode(202)
  @ApiOperation({ summary: 'Removes the version that was live before, and with it the way back' })
  @OfProjection
  @ApiBody({ type: TellBody })
  @ApiAcceptedResponse({ type: VersionTold })
  async retire(@Param('name') name: string, @Req() sent: Sent): Promise<VersionTold> {
    const { author, reason = '', ...body } = await bodyOf(TellBody, sent.body);
    const request: VersionRequest = { id: idOf(body.id), type: 'retire', data: { author, reason } };
    const { event, position } = await this.#ask(name, sent, request);
    return { version: dataOf('version.retired', event).version, position };
  }

  async #turn(type: keyof typeof STATES, name: string, text: string, sent: Sent): Promise<ReplayTurned> {
    const replay = replayId(text);
    const { author, reason = '', id } = await bodyOf(TellBody, sent.body);
    const { position } = await this.#ask(name, sent, { id: idOf(id), type, data: { replay, author, reason } });
    return { replay, state: STATES[type], position };
  }

  #ask(projection: string, { id: correlationId }: Sent, request: VersionRequest): Promise<VersionsAsked> {
    return this.#commands.execute(new AskOfVersions(projection, request, { at: Date.now(), correlationId }));
  }
}

function idOf(told: string | undefined): string {
  return told?.toLowerCase() ?? randomUUID();
}

function replayId(text: string): string {
  if (!UUID.test(text)) throw new ThroughlineError('not-found', VERSION_REFUSALS.NO_SUCH_REPLAY);
  return text.toLowerCase();
}

function ofBoundedSize(documents: Documents): Documents {
  if (Buffer.byteLength(JSON.stringify(documents)) > MOST_DOCUMENTS)
    throw new ThroughlineError('too-large', `Definitions come to at most ${MOST_DOCUMENTS} bytes together.`);
  return documents;
}

/** What a decision led to is an event of its own type, or there is no answer. */
function dataOf<T extends VersionEventType>(type: T, event: VersionEvent | undefined): VersionEvents[T] {
  if (event?.type !== type) throw new Error(`no ${type} came of the decision`);
  return event.data as VersionEvents[T];
}
