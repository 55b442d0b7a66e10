import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import type { NetworkFare } from '#gen/tms/company/v1/network_pb.ts'
import { isServiceDate } from '#kit'
import { keepFares } from '../store/network.ts'
import { entryId } from '../domain/network.ts'
import { priceIn } from '../prices.ts'
import { givenOrNull, nameOf } from '../wire/names.ts'
import { count, introduce, invalid, resolve, type Run } from './run.ts'

/** Writes fares. The price is part of the id: another price is another fare, and the former one is withdrawn. */
export async function writeFares(run: Run, entries: readonly NetworkFare[]): Promise<void> {
  const rows = entries.map((entry) => fareRow(run, entry))
  const written = await keepFares(run.tx, rows, run.now)
  count(run, 'fares', written)
  const fresh = new Set([...written.createdIds, ...written.updatedIds])
  run.touched.rides.push(...rows.filter(({ fareId }) => fresh.has(fareId)))
}

function fareRow(run: Run, { fromStopKey, toStopKey, validFromDate, validToDate, source, ...entry }: NetworkFare) {
  const { tenantId, currency } = run.company
  const seatClass = nameOf(SeatClass, entry.seatClass)
  const key = `${fromStopKey} - ${toStopKey} ${seatClass} ${validFromDate}`
  const from = { kind: 'fares' as const, key }
  const fault = validityFault(validFromDate, validToDate)
  if (fault !== undefined) throw invalid('fares', key, fault)
  if (fromStopKey === toStopKey) throw invalid('fares', key, 'a ride ends at another stop')
  const priceMinor = priceIn(currency, entry.price!).minor // required by the contract
  introduce(run, 'fares', key)
  return {
    tenantId,
    fareId: entryId(tenantId, 'fares', key, String(priceMinor), validToDate),
    fromStopId: resolve(run, 'stops', fromStopKey, from),
    toStopId: resolve(run, 'stops', toStopKey, from),
    seatClass,
    currency,
    priceMinor,
    validFromDate,
    validToDate: givenOrNull(validToDate),
    state: 'ACTIVE' as const,
    source,
    createTime: run.now,
    withdrawTime: null,
  }
}

function validityFault(from: string, to: string): string | undefined {
  if (!isServiceDate(from)) return `there is no day ${from}`
  if (to === '') return undefined
  if (!isServiceDate(to)) return `there is no day ${to}`
  return to < from ? 'the validity ends before it begins' : undefined
}
