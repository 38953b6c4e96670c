import replyFrom from '@fastify/reply-from';
import { Module } from '@nestjs/common';
import { ThroughlineError } from '@throughline/contracts';
import { createHttpApp, createLogger, createMetrics, Health, sendProblem, type Settings } from '@throughline/runtime';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { wholeReference } from './reference.ts';
import { ROUTES, SERVICES } from './routes.ts';
import { watchUpstreams, type Upstreams } from './upstreams.ts';

export interface Gateway {
  /** Where it answers. */
  readonly url: string;
  readonly logger: Logger;
  close(): Promise<void>;
}

/** Longer than the longest that a service takes on purpose: `?after=` waits up to a minute. */
const ANSWER_WITHIN_MS = 90_000;

@Module({})
class GatewayModule {}

/**
 * One address for services that run apart. Each request goes to the service whose path it is, as it came, and its answer comes
 * back as it is. A service that does not answer is a `service-down` problem: nothing is sent twice, the caller decides.
 */
export async function startGateway(settings: Settings, upstreams: Upstreams): Promise<Gateway> {
  const logger = createLogger(settings.logLevel);
  const health = new Health();
  const closing = new AbortController();
  watchUpstreams(upstreams, health, closing.signal);
  const app = await createHttpApp(
    GatewayModule,
    { settings, logger, metrics: createMetrics(), health },
    { reference: (own) => wholeReference(own, upstreams) },
  );
  await passOn(app.getHttpAdapter().getInstance() as unknown as FastifyInstance, upstreams);
  await app.listen(settings.port, settings.host);
  const url = await app.getUrl();
  logger.info({ url, upstreams }, 'serving');
  return {
    url,
    logger,
    async close() {
      closing.abort();
      await app.close();
    },
  };
}

async function passOn(fastify: FastifyInstance, upstreams: Upstreams): Promise<void> {
  await fastify.register(replyFrom, {
    disableRequestLogging: true,
    undici: { headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS },
  });
  for (const service of SERVICES) {
    for (const segment of ROUTES[service]) {
      for (const path of [`/${segment}`, `/${segment}/*`]) {
        fastify.all(path, (request, reply) =>
          reply.from(upstreams[service] + request.url, {
            rewriteRequestHeaders: (_, headers) => ({ ...headers, 'x-correlation-id': request.id }),
            retryDelay: () => null,
            onError: (failed) => sendProblem(failed as typeof reply, new ThroughlineError('service-down'), request.id),
          }),
        );
      }
    }
  }
}
