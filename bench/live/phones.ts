// Phones that measure at an even pace, spread over the second: nothing waits but for the path itself.
import http2 from 'node:http2'
import { type Faults, messageOf, openPhone, type Phone } from '../ingest/phone.ts'
import { STREAMS_PER_CONNECTION } from '../ingest/plan.ts'
import { serveParent } from '../lib/child.ts'
import type { PhonesDone, PhonesOrder } from './messages.ts'

const TICK_MS = 5

serveParent(async ({ port, streams, perSecond, seconds }: PhonesOrder): Promise<PhonesDone> => {
  const faults: Faults = { rejected: 0, errors: [] }
  const sessions = Array.from({ length: Math.ceil(streams / STREAMS_PER_CONNECTION) }, () =>
    http2.connect(`http://127.0.0.1:${port}`),
  )
  for (const session of sessions) session.on('error', (err: Error) => faults.errors.push(err.message))
  const phones: Phone[] = []
  for (let index = 0; index < streams; index++) {
    phones.push(openPhone(sessions[Math.floor(index / STREAMS_PER_CONNECTION)]!, index, faults))
    if (index % 50 === 49) await Promise.all(phones.slice(-50).map(({ opened }) => opened))
  }
  await Promise.all(phones.map(({ opened }) => opened))
  const startedAt = performance.now()
  let sent = 0
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const ms = performance.now() - startedAt
      for (const due = Math.floor((Math.min(ms, seconds * 1_000) * perSecond) / 1_000); sent < due; sent++) {
        const index = sent % streams
        phones[index]?.stream.write(messageOf(phones[index], index, 1))
      }
      if (ms < seconds * 1_000) return
      clearInterval(timer)
      resolve()
    }, TICK_MS)
  })
  setTimeout(() => sessions.forEach((session) => session.destroy()), 1_000)
  return { sent, rejected: faults.rejected, errors: [...new Set(faults.errors)] }
})
