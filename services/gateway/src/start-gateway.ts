import replyFrom from '@fastify/reply-from';
import { Module } from '@nestjs/common';
import { ThroughlineError } from '@throughline/contracts';
import { sendProblem, spanOf, startService, type Service, type Settings } from '@throughline/runtime';
import type { FastifyInstance } from 'fastify';
import { wholeReference } from './reference.ts';
import { routesOf, SERVICES } from './routes.ts';
import { watchUpstreams, type Upstreams } from './upstreams.ts';

/** Longer than the longest that a service takes on purpose: `?after=` and `?wait=` wait up to a minute each, and never both. */
const ANSWER_WITHIN_MS = 90_000;

@Module({})
class GatewayModule {}

/**
 * One address for services that run apart. Each request goes to the service whose path it is, as it came, and its answer comes
 * back as it is. A service that does not answer is a `service-down` problem: nothing is sent twice, the caller decides.
 */
export function startGateway(settings: Settings, upstreams: Upstreams): Promise<Service> {
  return startService('gateway', settings, async ({ health, logger, opened }) => {
    const closing = new AbortController();
    opened.push(async () => closing.abort());
    watchUpstreams(upstreams, health, closing.signal);
    logger.info({ upstreams }, 'passing requests on');
    return {
      module: GatewayModule,
      reference: (own) => wholeReference(own, upstreams),
      routes: (fastify) => passOn(fastify, upstreams),
    };
  });
}

async function passOn(fastify: FastifyInstance, upstreams: Upstreams): Promise<void> {
  await fastify.register(replyFrom, {
    disableRequestLogging: true,
    undici: { headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS },
  });
  for (const service of SERVICES) {
    for (const { segment, methods } of routesOf(service)) {
      const method = methods ? [...methods] : fastify.supportedMethods;
      for (const url of [`/${segment}`, `/${segment}/*`]) {
        fastify.route({
          method,
          url,
          handler: (request, reply) =>
            reply.from(upstreams[service] + request.url, {
              rewriteRequestHeaders: (_, headers) => {
                const traceparent = spanOf(request)?.traceparent;
                return { ...headers, 'x-correlation-id': request.id, ...(traceparent && { traceparent }) };
              },
              retryDelay: () => null,
              onError: (failed) =>
                sendProblem(failed as typeof reply, new ThroughlineError('service-down'), request.id),
            }),
        });
      }
    }
  }
}
