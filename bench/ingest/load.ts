// The phones: raw HTTP/2 streams of gRPC messages, each as far ahead of its acknowledgements as the window allows.
import http2 from 'node:http2'
import { serveParent } from '../lib/child.ts'
import { type Faults, messageOf, openPhone, type Phone } from './phone.ts'
import { type LoadOrder, type Plan, STREAMS_PER_CONNECTION, WINDOW } from './plan.ts'

const TICK_MS = 20
const OPENED_AT_ONCE = 50
const faults: Faults = { rejected: 0, errors: [] }
const phones: Phone[] = []

function sendAll(perMessage: number): void {
  for (const [index, phone] of phones.entries()) {
    // A few a tick: a phone does not send all that it may in one go.
    for (let i = 0; i < 2 && phone.sent - phone.acked + perMessage <= WINDOW && !phone.stream.writableNeedDrain; i++) {
      phone.stream.write(messageOf(phone, index, perMessage))
    }
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Opens all streams and begins to send. */
async function open({ port, streams, perMessage }: Plan): Promise<void> {
  const sessions = Array.from({ length: Math.ceil(streams / STREAMS_PER_CONNECTION) }, () =>
    http2.connect(`http://127.0.0.1:${port}`),
  )
  for (const session of sessions) session.on('error', (err: Error) => faults.errors.push(err.message))
  for (let index = 0; index < streams; index++) {
    phones.push(openPhone(sessions[Math.floor(index / STREAMS_PER_CONNECTION)]!, index, faults))
    if (index % OPENED_AT_ONCE === OPENED_AT_ONCE - 1) await allOpened(phones.slice(-OPENED_AT_ONCE))
  }
  await allOpened(phones)
  setInterval(() => sendAll(perMessage), TICK_MS)
}

const allOpened = (some: readonly Phone[]) => Promise.all(some.map(({ opened }) => opened))

serveParent(async ({ plan, seconds = 0 }: LoadOrder) => {
  if (plan) await open(plan)
  await sleep(seconds * 1_000)
  const { user, system } = process.cpuUsage()
  return {
    acked: phones.reduce((total, { acked }) => total + acked, 0),
    rejected: faults.rejected,
    errors: [...new Set(faults.errors)],
    cpuMs: (user + system) / 1_000,
  }
})
