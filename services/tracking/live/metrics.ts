import { Counter, Gauge } from 'prom-client'
import { registry } from '#kit'

const shared = { registers: [registry] }

/** Sockets that are open now. */
export const socketsOpen = new Gauge({ ...shared, name: 'tms_live_sockets', help: 'Open WebSockets.' })

/** Sockets that this node closed, by code. */
export const socketsClosed = new Counter({
  ...shared,
  name: 'tms_live_closed_total',
  help: 'WebSockets that the node closed, by the name of the close code.',
  labelNames: ['code'] as const,
})

/** Times that a socket fell behind and was given the newest positions only. */
export const socketsBehind = new Counter({
  ...shared,
  name: 'tms_live_behind_total',
  help: 'Times that a socket read too slowly and missed positions that were overtaken.',
})

const buffers = new Set<() => number>()

/** What waits to be written to sockets that read slowly; bounded for each. */
export const socketsBuffered = new Gauge({
  ...shared,
  name: 'tms_live_buffered_bytes',
  help: 'Bytes that wait for sockets that read slowly.',
  collect() {
    this.set([...buffers].reduce((sum, bytesOf) => sum + bytesOf(), 0))
  },
})

/** Adds a node to what {@link socketsBuffered} counts; returns what takes it out again. */
export function countBuffered(bytesOf: () => number): () => void {
  buffers.add(bytesOf)
  return () => buffers.delete(bytesOf)
}
