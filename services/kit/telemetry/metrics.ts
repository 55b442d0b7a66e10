import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Metrics of this process, in the Prometheus text format by `registry.metrics()`. */
export const registry = new Registry()

const shared = { registers: [registry] }

/** Time per call, on the serving side, by method and Connect code (`ok` when it succeeded). */
export const rpcSeconds = new Histogram({
  ...shared,
  name: 'tms_rpc_seconds',
  help: 'Time to serve a call.',
  labelNames: ['service', 'method', 'code'] as const,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
})

/** Events handled, by consumer and outcome (`done`, `repeated`, `failed`, `dead`). */
export const eventsHandled = new Counter({
  ...shared,
  name: 'tms_events_handled_total',
  help: 'Events handled by consumers.',
  labelNames: ['consumer', 'outcome'] as const,
})

/** Events published to JetStream, by service. */
export const eventsPublished = new Counter({
  ...shared,
  name: 'tms_events_published_total',
  help: 'Events handed to JetStream.',
  labelNames: ['service'] as const,
})

/** Events written by their transaction and not yet published. */
export const outboxWaiting = new Gauge({
  ...shared,
  name: 'tms_outbox_waiting',
  help: 'Events that wait in the outbox for the relay.',
  labelNames: ['service'] as const,
})

/** Look-ups in the cache, by service and result (`hit`, `miss`). */
export const cacheLookups = new Counter({
  ...shared,
  name: 'tms_cache_lookups_total',
  help: 'Look-ups in the Redis cache.',
  labelNames: ['service', 'result'] as const,
})

/** State of each circuit breaker: 0 closed, 1 half-open, 2 open. */
export const breakerState = new Gauge({
  ...shared,
  name: 'tms_breaker_state',
  help: 'Circuit breakers: 0 closed, 1 half-open, 2 open.',
  labelNames: ['target'] as const,
})

/** Business events, by service and name: one function writes the counter and the log line together. */
export const businessEvents = new Counter({
  ...shared,
  name: 'tms_business_events_total',
  help: 'What happened in the business, by name.',
  labelNames: ['service', 'event'] as const,
})

const LOOP_RESOLUTION_MS = 20
const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
loop.enable()

/** How late timers ran, at the 99th percentile since the metrics were read last: whatever blocks the process shows here. */
export const loopDelay = new Gauge({
  ...shared,
  name: 'tms_event_loop_delay_p99_seconds',
  help: 'How late timers ran since the last scrape, 99th percentile.',
  collect() {
    // What is measured is the time from one timer to the next.
    this.set(Math.max(0, loop.percentile(99) / 1e9 - LOOP_RESOLUTION_MS / 1_000))
    loop.reset()
  },
})
