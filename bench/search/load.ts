// The client process: asks by the clock, as passengers do, who do not wait for each other.
import { createClient } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { setTimeout as sleep } from 'node:timers/promises'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { serveParent } from '../lib/child.ts'
import type { Ask, LoadOrder, LoadReport } from './messages.ts'

const CONNECTIONS = 8
/** When an entry of the cache is about to end, nobody here can tell a hit from a miss: such answers count as misses. */
const EDGE_MS = 100

type Report = { hitMs: number[]; missMs: number[]; offers: number; errors: string[] }

serveParent(async (order: LoadOrder): Promise<LoadReport> => {
  const report: Report = { hitMs: [], missMs: [], offers: 0, errors: [] }
  const ask = asking(order, report)
  const started = performance.now()
  await (order.rate > 0 ? byTheClock(order, ask, started) : inTurn(order, ask))
  return { ...report, ms: performance.now() - started }
})

/** Asks one search and notes how long it took since `due`. */
function asking({ baseUrl, cacheSeconds }: LoadOrder, report: Report) {
  const clients = Array.from({ length: CONNECTIONS }, () =>
    createClient(TicketingService, createConnectTransport({ baseUrl, httpVersion: '2' })),
  )
  const keptUntil = new Map<string, number>()
  let next = 0
  return async (ask: Ask, due: number) => {
    const key = `${ask.origin}/${ask.destination}/${ask.serviceDate}`
    const hit = (keptUntil.get(key) ?? 0) > performance.now() + EDGE_MS
    try {
      const { offers } = await clients[next++ % CONNECTIONS]!.searchTrips({
        origin: { place: { case: 'town', value: ask.origin } },
        destination: { place: { case: 'town', value: ask.destination } },
        serviceDate: ask.serviceDate,
      })
      const now = performance.now()
      report.offers += offers.length
      ;(hit ? report.hitMs : report.missMs).push(now - due)
      if (!hit) keptUntil.set(key, Math.max(keptUntil.get(key) ?? 0, now + cacheSeconds * 1_000))
    } catch (err) {
      report.errors.push(String(err))
    }
  }
}

type Asking = ReturnType<typeof asking>

async function byTheClock({ asks, rate }: LoadOrder, ask: Asking, started: number): Promise<void> {
  const open: Promise<void>[] = []
  for (const [i, one] of asks.entries()) {
    const due = started + (i / rate) * 1_000
    const early = due - performance.now()
    if (early > 0) await sleep(early)
    open.push(ask(one, due))
  }
  await Promise.all(open)
}

async function inTurn({ asks, concurrency }: LoadOrder, ask: Asking): Promise<void> {
  const waiting = asks.values()
  const work = async () => {
    for (const one of waiting) await ask(one, performance.now())
  }
  await Promise.all(Array.from({ length: concurrency }, work))
}
