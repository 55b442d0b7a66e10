import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
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
  return () => provider.shutdown()
}

/** Runs `work` in a span that continues `traceparent`; hands it the span's own `traceparent` to pass on. */
export async function traced<T>(
  name: string,
  kind: 'server' | 'consumer',
  traceparent: string,
  work: (traceparent: string) => Promise<T>,
): Promise<T> {
  if (!enabled) return work(traceparent)
  const parent = propagation.extract(context.active(), { traceparent }, traceGetter)
  const spanKind = kind === 'server' ? SpanKind.SERVER : SpanKind.CONSUMER
  const span = tracer.startSpan(name, { kind: spanKind }, parent)
  try {
    return await work(traceparentOf(span))
  } catch (err) {
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw err
  } finally {
    span.end()
  }
}

const traceGetter = {
  get: (carrier: Record<string, string>, key: string) => carrier[key],
  keys: (carrier: Record<string, string>) => Object.keys(carrier),
}

/** W3C trace context of a span. */
function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}
