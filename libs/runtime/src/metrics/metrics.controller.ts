import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import { METRICS } from '../tokens.ts';

/** Figures of the process itself, in Prometheus' text format. What customers are measured by is query-api's. */
@ApiExcludeController()
@Controller('internal/metrics')
export class MetricsController {
  readonly #registry: Registry;

  constructor(@Inject(METRICS) registry: Registry) {
    this.#registry = registry;
  }

  @Get()
  async figures(@Res() reply: FastifyReply): Promise<void> {
    await reply.type(this.#registry.contentType).send(await this.#registry.metrics());
  }
}
