import 'reflect-metadata';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { HealthController } from '../health/health.controller.ts';
import type { Health } from '../health/health.ts';
import { NestLogger } from '../logging/nest-logger.ts';
import { measureRequests } from '../metrics/http-metrics.ts';
import { MetricsController } from '../metrics/metrics.controller.ts';
import type { Settings } from '../settings.ts';
import { HEALTH, LOGGER, METRICS, SETTINGS, TRACING } from '../tokens.ts';
import { traceRequests } from '../tracing/trace-requests.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { rawBodies } from './body.ts';
import { CORRELATION_HEADER, correlationId } from './correlation.ts';
import { serveDocs, type Reference } from './docs.ts';
import { ProblemFilter } from './problem.filter.ts';

/** What every process has, whatever it serves. */
export interface Plumbing {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  /** Absent where no traces are wanted. */
  readonly tracing?: Tracing | undefined;
}

@Module({})
class RuntimeModule {}

/**
 * An HTTP application around a module, not yet listening: raw bodies (`readBody`, `readJson`), problem documents, correlation
 * ids, `/health/live`, `/health/ready`, `/internal/metrics`, `/docs`. `Plumbing` can be injected by its tokens everywhere.
 */
export async function createHttpApp(
  module: Type | DynamicModule,
  plumbing: Plumbing,
  { reference }: { readonly reference?: Reference } = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ genReqId: correlationId, routerOptions: { maxParamLength: 200 } });
  const app = await NestFactory.create<NestFastifyApplication>(runtimeAround(module, plumbing), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger(plumbing.logger),
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  rawBodies(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header(CORRELATION_HEADER, request.id);
    done();
  });
  measureRequests(fastify, plumbing.metrics);
  if (plumbing.tracing) traceRequests(fastify, plumbing.tracing);
  app.useGlobalFilters(new ProblemFilter(plumbing.logger));
  serveDocs(app, reference);
  return app;
}

function runtimeAround(
  module: Type | DynamicModule,
  { settings, logger, metrics, health, tracing }: Plumbing,
): DynamicModule {
  const providers = [
    { provide: SETTINGS, useValue: settings },
    { provide: LOGGER, useValue: logger },
    { provide: METRICS, useValue: metrics },
    { provide: HEALTH, useValue: health },
    { provide: TRACING, useValue: tracing },
  ];
  return {
    module: RuntimeModule,
    global: true,
    imports: [module],
    controllers: [HealthController, MetricsController],
    providers,
    exports: providers.map(({ provide }) => provide),
  };
}
