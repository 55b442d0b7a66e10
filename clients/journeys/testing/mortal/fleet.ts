import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { createClient } from '@connectrpc/connect'
import { createConnectTransport, Http2SessionManager } from '@connectrpc/connect-node'
import type { Sql } from 'postgres'
import { PositionFault } from '#gen/tms/tracking/v1/position_pb.ts'
import { newUuidV7 } from '#kit'
import { DriverReporter, type Way } from '../../../sdk/src/index.ts'

/** One bus with a device that reports it. */
export type Phone = {
  readonly tenantId: string
  readonly busId: string
  readonly secret: string
  readonly reporter: DriverReporter
  /** When each was measured, by number: what must be in the history. */
  readonly recorded: number[]
}

/** Phones that drive, each by one of the ways, until they are stopped. */
export type Fleet = {
  readonly phones: readonly Phone[]
  /** Why positions were rejected, over all phones; but for those that were sent twice, as an answer got lost. */
  readonly faults: () => readonly PositionFault[]
  /** Measures no more, and resolves when all of it is on disk. */
  finish(): Promise<void>
  stop(): Promise<void>
}

const isNoRepeat = (fault: PositionFault) => fault !== PositionFault.DUPLICATE

/** Where they report. */
export type Destination = { readonly baseUrl: string; readonly liveUrl: string }

const MEASURE_MS = 2_000
const STREAMS_PER_CONNECTION = 100

/** Starts so many phones, half of them of each company. */
export async function startFleet(
  sql: Sql,
  tenantIds: readonly string[],
  count: number,
  { baseUrl, liveUrl }: Destination,
): Promise<Fleet> {
  const faults: PositionFault[] = []
  const managers = Array.from(
    { length: Math.ceil(count / STREAMS_PER_CONNECTION) },
    () => new Http2SessionManager(baseUrl),
  )
  const transports = managers.map((sessionManager) =>
    createConnectTransport({ baseUrl, httpVersion: '2', sessionManager }),
  )
  const open = async (index: number): Promise<Phone> => {
    const transport = transports[index % transports.length]!
    const secret = `tmsdev_${index.toString().padStart(40, '0')}`
    const tms = {
      client: ((service) => createClient(service, transport)) as Parameters<typeof DriverReporter.open>[0]['client'],
      session: { token: () => Promise.resolve(undefined), renewAfter: () => Promise.resolve(false) },
    }
    const reporter = await DriverReporter.open(tms, {
      as: { deviceKey: secret },
      name: secret,
      way: wayOf(index, liveUrl),
      backoff: { firstWaitMs: 100, longestWaitMs: 1_000 },
      onRejected: (some) => faults.push(...some.map(({ fault }) => fault).filter(isNoRepeat)),
    })
    const tenantId = tenantIds[index % tenantIds.length]!
    return { tenantId, busId: newUuidV7(Date.now()), secret, reporter, recorded: [] }
  }
  const phones = await Promise.all(Array.from({ length: count }, (_, index) => open(index)))
  await enterKeys(sql, phones)
  await startAll(phones)
  const stopDriving = drive(phones)
  return {
    phones,
    faults: () => faults,
    finish: async () => {
      stopDriving()
      await Promise.all(phones.map(({ reporter }) => reporter.drained()))
    },
    stop: async () => {
      stopDriving()
      await Promise.all(phones.map(({ reporter }) => reporter.stop()))
      for (const manager of managers) manager.abort()
    },
  }
}

/** So many come at once: a fleet does not wake up in one moment. */
const STARTED_AT_ONCE = 50

async function startAll(phones: readonly Phone[]): Promise<void> {
  for (let from = 0; from < phones.length; from += STARTED_AT_ONCE) {
    const some = phones.slice(from, from + STARTED_AT_ONCE)
    for (const { reporter } of some) reporter.start()
    while (some.some(({ reporter }) => reporter.state.phase !== 'reporting')) await sleep(20)
  }
}

/** Most stream; some have a browser's socket, on the other process, and some can call only. */
function wayOf(index: number, liveUrl: string): Way {
  if (index % 10 === 8) return { liveUrl }
  return index % 10 === 9 ? 'batch' : 'stream'
}

/** Each phone measures in its own moment of the interval. Returns what ends it. */
function drive(phones: readonly Phone[]): () => void {
  const timers: NodeJS.Timeout[] = []
  for (const [index, phone] of phones.entries()) {
    const begin = setTimeout(
      () => {
        timers.push(setInterval(() => measure(phone, index), MEASURE_MS))
      },
      (index / phones.length) * MEASURE_MS,
    )
    timers.push(begin)
  }
  return () => timers.forEach((timer) => clearTimeout(timer))
}

function measure({ reporter, recorded }: Phone, index: number): void {
  const timeMs = Date.now()
  // Two timers of a busy process may fall into one millisecond.
  if (timeMs === recorded.at(-1)) return
  recorded.push(timeMs)
  void reporter.record({
    sampleTime: timestampFromMs(timeMs),
    latitudeDegrees: -1.5 - index * 0.002,
    longitudeDegrees: 30 + recorded.length * 0.00005,
    accuracyMeters: 5,
    speedMetersPerSecond: 11,
  })
}

async function enterKeys(sql: Sql, phones: readonly Phone[]): Promise<void> {
  const rows = phones.map(({ tenantId, busId, secret }, index) => ({
    device_key_id: newUuidV7(Date.now()),
    tenant_id: tenantId,
    bus_id: busId,
    bus_plate: `RAC${index.toString().padStart(3, '0')}A`,
    name: 'box',
    secret_hash: createHash('sha256').update(secret).digest(),
    create_time: new Date(),
  }))
  await sql`insert into device_key ${sql(rows)}`
}
