import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { HEALTH } from '../tokens.ts';
import type { Health } from './health.ts';

@ApiTags('operation')
@Controller('health')
export class HealthController {
  readonly #health: Health;

  constructor(@Inject(HEALTH) health: Health) {
    this.#health = health;
  }

  @Get('live')
  @ApiOperation({ summary: 'Whether the process answers at all' })
  @ApiOkResponse({ schema: { example: { status: 'ok' } } })
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether every part of the process can do its work, and which cannot' })
  @ApiOkResponse({
    schema: { example: { status: 'ok', parts: { log: { ready: true }, 'crm-projection': { ready: true } } } },
  })
  @ApiResponse({
    status: 503,
    description: 'Some part is not ready.',
    schema: { example: { status: 'unavailable', parts: { 'crm-projection': { ready: false, detail: 'restarting' } } } },
  })
  ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const { ready, parts } = this.#health.check();
    void reply.status(ready ? 200 : 503);
    return { status: ready ? 'ok' : 'unavailable', parts };
  }
}
