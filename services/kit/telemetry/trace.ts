import { type Context, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { UserError } from '../user_error.ts'

const tracer = trace.getTracer('tms')

/** True when an exporter was set up; without one no span is made, so that tracing costs nothing when it is off. */
let enabled = false

/**
 * Exports spans by OTLP/HTTP to `endpoint` (e.g. `http://127.0.0.1:4318/v1/traces`).
 *
 * Returns the function that flushes and ends the export.
 */
export async function startTracing(endpoint: string): Promise<() => Promise<void>> {
  if (!URL.canParse(endpoint)) throw new UserError(`OTEL_EXPORTER_OTLP_ENDPOINT must be an absolute URL.`)
  // Loaded on demand: the SDK costs 20 MB and 130 ms that a process without an exporter should not pay.
  const [{ TracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all(
    [
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ],
  )
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'tms' }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: endpoint }) })],
  })
  trace.setGlobalTracerProvider(provider)
  enabled = true
  return async () => {
    enabled = false
    trace.disable()
    await provider.shutdown()
  }
}

/** Runs `work` in a span that continues `traceparent`; hands it the span's own `traceparent` to pass on. */
export async function traced<T>(
  name: string,
  kind: 'server' | 'consumer',
  traceparent: string,
  work: (traceparent: string) => Promise<T>,
): Promise<T> {
  if (!enabled) return work(traceparent)
  const spanKind = kind === 'server' ? SpanKind.SERVER : SpanKind.CONSUMER
  const span = tracer.startSpan(name, { kind: spanKind }, parentOf(traceparent))
  try {
    return await work(traceparentOf(span))
  } catch (err) {
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw err
  } finally {
    span.end()
  }
}

/**
 * The context that a caller's `traceparent` names; a new trace begins when it names none.
 * Source: W3C Trace Context, section 3.2.
 */
function parentOf(traceparent: string): Context {
  const match = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(traceparent)
  const [, traceId = '', spanId = '', flags = '0'] = match ?? []
  if (!match) return context.active()
  return trace.setSpanContext(context.active(), { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true })
}

/** W3C trace context of a span. */
function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}
