import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Span, Tracing } from './tracing.ts';

/** Asked again and again by machines: nothing a person looks for in a trace. */
const OWN = /^\/(?:health|internal|docs)(?:[/?]|$)/;

const spans = new WeakMap<object, Span>();

/** The span of a request that is being answered; undefined where nothing is traced. */
export function spanOf(request: object): Span | undefined {
  return spans.get(request);
}

/** One span a request, in the trace of whoever sent it. Named by the route's pattern: a URL itself may name a customer. */
export function traceRequests(fastify: FastifyInstance, tracing: Tracing): void {
  fastify.addHook('onRequest', (request, _, done) => {
    if (!OWN.test(request.url)) {
      const route = request.routeOptions.url ?? 'unknown';
      const span = tracing.span(`${request.method} ${route}`, {
        kind: 'server',
        parent: traceparentIn(request.headers),
        attributes: {
          'http.request.method': request.method,
          'http.route': route,
          'throughline.correlation_id': request.id,
        },
      });
      spans.set(request, span);
    }
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': reply.statusCode });
    span?.end({ failed: reply.statusCode >= 500 });
    done();
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    const span = spans.get(request);
    spans.delete(request);
    span?.end({ failed: true });
    done();
  });
}

function traceparentIn({ traceparent }: IncomingHttpHeaders): string | undefined {
  return typeof traceparent === 'string' ? traceparent : undefined;
}
