// The phones: raw HTTP/2 streams of gRPC messages, each as far ahead of its acknowledgements as the window allows.
import http2 from 'node:http2'
import { serveParent } from '../lib/child.ts'
import { type Faults, messageOf, openPhone, type Phone } from './phone.ts'
import { type Plan, STREAMS_PER_CONNECTION, WINDOW } from './plan.ts'

const TICK_MS = 20
const faults: Faults = { rejected: 0, errors: [] }

function sendAll(phones: readonly Phone[], perMessage: number): void {
  for (const [index, phone] of phones.entries()) {
    // A few a tick: a phone does not send all that it may in one go.
    for (let i = 0; i < 2 && phone.sent - phone.acked + perMessage <= WINDOW && !phone.stream.writableNeedDrain; i++) {
      phone.stream.write(messageOf(phone, index, perMessage))
    }
  }
}

const sum = (phones: readonly Phone[]): number => phones.reduce((total, { acked }) => total + acked, 0)
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function run({ port, streams, seconds, perMessage }: Plan) {
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
  const timer = setInterval(() => sendAll(phones, perMessage), TICK_MS)
  await sleep(3_000) // what is compiled and connected by then is not what a running suite costs
  const [begun, before, cpuBefore] = [performance.now(), sum(phones), process.cpuUsage()]
  await sleep(seconds * 1_000)
  const [ms, acked] = [performance.now() - begun, sum(phones) - before]
  const { user, system } = process.cpuUsage(cpuBefore)
  clearInterval(timer)
  for (const session of sessions) session.destroy()
  return {
    perSecond: (acked / ms) * 1_000,
    rejected: faults.rejected,
    errors: [...new Set(faults.errors)],
    cpuShare: (user + system) / 1_000 / ms,
  }
}

serveParent(run)
