import { createHash } from 'node:crypto'
import type { NetworkBus, NetworkLayout } from '#gen/tms/company/v1/network_pb.ts'
import { isConstraint } from '#kit'
import { duplicateSeat } from '../domain/seats.ts'
import type { Layout } from '../store/layouts.ts'
import { keepBuses, keepLayouts } from '../store/network.ts'
import { seatsFromProto } from '../wire/fleet.ts'
import { count, introduce, invalid, resolve, type Run } from './run.ts'

/** Writes seat layouts. Another set of seats under the same key is another layout. */
export async function writeLayouts(run: Run, entries: readonly NetworkLayout[]): Promise<void> {
  count(
    run,
    'layouts',
    await keepLayouts(
      run.tx,
      entries.map((entry) => layoutOf(run, entry)),
    ),
  )
}

function layoutOf(run: Run, { key, name, seats: wireSeats }: NetworkLayout): Layout {
  const seats = seatsFromProto(wireSeats)
  const twice = duplicateSeat(seats)
  if (twice !== undefined) throw invalid('layouts', key, `seat ${twice} is there twice`)
  const content = createHash('sha256')
    .update(JSON.stringify([name, seats]))
    .digest('hex')
  return {
    tenantId: run.company.tenantId,
    layoutId: introduce(run, 'layouts', key, content),
    name,
    version: 1,
    replacedLayoutId: null,
    current: true,
    createTime: run.now,
    seats,
  }
}

/** Writes buses. */
export async function writeBuses(run: Run, entries: readonly NetworkBus[]): Promise<void> {
  const rows = entries.map(({ key, plate, name, layoutKey }) => {
    const layoutId = resolve(run, 'layouts', layoutKey, { kind: 'buses', key })
    run.busLayouts.set(key, layoutId)
    return {
      tenantId: run.company.tenantId,
      busId: introduce(run, 'buses', key),
      plate,
      name,
      layoutId,
      state: 'ACTIVE' as const,
      createTime: run.now,
      updateTime: run.now,
    }
  })
  try {
    count(run, 'buses', await keepBuses(run.tx, rows))
  } catch (err) {
    if (!isConstraint(err, 'bus_plate')) throw err
    throw invalid('buses', rows[0]?.plate ?? '', 'a plate belongs to another bus of the company')
  }
}
