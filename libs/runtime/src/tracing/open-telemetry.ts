/** Tracing by OpenTelemetry. This file alone names it, and is loaded only where traces are wanted. */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type SpanContext } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { isTraceparent, type Span, type SpanStart, type Tracing } from './tracing.ts';

const KINDS = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

/** How long a process that ends waits for a receiver that does not answer. */
const STOP_WITHIN_MS = 3_000;

/** The sampler, the sizes of batches, the receiver and its headers are what the standard variables say. */
export function openTelemetry(service: string): Tracing {
  const own = resourceFromAttributes({
    'service.name': service,
    'service.namespace': 'throughline',
    'process.pid': process.pid,
  });
  const provider = new BasicTracerProvider({
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('throughline');
  return {
    span(name, { kind, parent, links = [], attributes = {}, startedAt }: SpanStart): Span {
      const span = tracer.startSpan(
        name,
        {
          kind: KINDS[kind],
          attributes: { ...attributes },
          links: links.flatMap((link) => (isTraceparent(link) ? [{ context: spanContext(link) }] : [])),
          ...(startedAt !== undefined && { startTime: startedAt }),
        },
        contextOf(parent),
      );
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
        isSampled: span.isRecording(),
        set: (more) => void span.setAttributes({ ...more }),
        end({ failed = false, at } = {}) {
          if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end(at);
        },
      };
    },
    async stop() {
      const limit = AbortSignal.timeout(STOP_WITHIN_MS);
      const tooLate = new Promise<void>((resolve) => limit.addEventListener('abort', () => resolve(), { once: true }));
      // What cannot be sent now is lost: traces are for looking at, and nothing waits for them.
      await Promise.race([provider.shutdown().catch(() => undefined), tooLate]);
    },
  };
}

function contextOf(parent: string | undefined): Context {
  return isTraceparent(parent) ? trace.setSpanContext(ROOT_CONTEXT, spanContext(parent)) : ROOT_CONTEXT;
}

function spanContext(traceparent: string): SpanContext {
  const [, traceId, spanId, flags] = traceparent.split('-');
  return { traceId: traceId!, spanId: spanId!, traceFlags: Number.parseInt(flags!, 16) & 1, isRemote: true };
}
