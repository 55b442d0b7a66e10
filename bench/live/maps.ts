// Dispatchers' maps, one of each company: every position is decoded, and its age taken when it is.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { ClientFrameSchema, ServerFrameSchema } from '../../gen/tms/tracking/v1/live_pb.ts'
import { PositionBatchSchema, type PositionUpdate } from '../../gen/tms/tracking/v1/position_pb.ts'
import { COMPANIES, tenantOf } from '../ingest/plan.ts'
import { serveParent } from '../lib/child.ts'
import { percentile, round } from '../lib/stats.ts'
import type { MapsOrder, MapsSaw } from './messages.ts'

let ages: number[] = []

serveParent(async ({ open, forget }: MapsOrder): Promise<MapsSaw> => {
  if (open) await Promise.all(Array.from({ length: COMPANIES }, (_, company) => map(open, tenantOf(company))))
  if (forget) ages = []
  const sorted = ages.toSorted((a, b) => a - b)
  const at = (share: number) => round(percentile(sorted, share))
  return { received: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
})

function see(updates: readonly PositionUpdate[]): void {
  const now = performance.timeOrigin + performance.now()
  for (const { position } of updates) if (position?.sampleTime) ages.push(now - timestampMs(position.sampleTime))
}

/** Without a token it is the bare node's: batches as they are, of the company that the address names. */
async function map({ port, token }: { readonly port: number; readonly token: string }, tenantId: string) {
  const isBare = token === ''
  const url = `ws://127.0.0.1:${port}/live${isBare ? `?${tenantId}` : ''}`
  const socket = new WebSocket(url, isBare ? [] : ['tms.live.v1.protobuf'])
  socket.binaryType = 'arraybuffer'
  const say = (frame: object) => socket.send(toBinary(ClientFrameSchema, create(ClientFrameSchema, { frame } as never)))
  await new Promise<void>((resolve, reject) => {
    socket.onclose = socket.onerror = () => reject(new Error('a map lost its socket'))
    socket.onopen = () => (isBare ? resolve() : say({ case: 'signIn', value: { token } }))
    socket.onmessage = ({ data }) => {
      const bytes = new Uint8Array(data as ArrayBuffer)
      if (isBare) return see(fromBinary(PositionBatchSchema, bytes).updates)
      const { frame } = fromBinary(ServerFrameSchema, bytes)
      if (frame.case === 'positions') see(frame.value.updates)
      if (frame.case === 'signedIn') say({ case: 'subscribe', value: { topic: `company:${tenantId}:fleet` } })
      if (frame.case === 'subscribed') resolve()
    }
  })
}
