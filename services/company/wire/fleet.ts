import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type BusSchema, BusState } from '#gen/tms/company/v1/bus_pb.ts'
import { type Seat as WireSeat, SeatClass, type SeatLayoutSchema } from '#gen/tms/company/v1/layout_pb.ts'
import type { Seat } from '../domain/seats.ts'
import type { BusRow } from '../store/buses.ts'
import type { Layout } from '../store/layouts.ts'
import { nameOf } from './names.ts'

/** Seats off the wire. */
export function seatsFromProto(seats: readonly WireSeat[]): Seat[] {
  return seats.map(({ label, seatClass, deck, row, column }) => ({
    label,
    seatClass: nameOf(SeatClass, seatClass),
    deck,
    row,
    column,
  }))
}

/** A layout on the wire. */
export function layoutToProto(layout: Layout): MessageInitShape<typeof SeatLayoutSchema> {
  return {
    layoutId: layout.layoutId,
    tenantId: layout.tenantId,
    name: layout.name,
    version: layout.version,
    seats: layout.seats.map(({ label, seatClass, deck, row, column }) => ({
      label,
      seatClass: SeatClass[seatClass],
      deck,
      row,
      column,
    })),
    replacedLayoutId: layout.replacedLayoutId ?? '',
    current: layout.current,
    createTime: timestampFromDate(layout.createTime),
  }
}

/** A bus on the wire. */
export function busToProto(bus: BusRow): MessageInitShape<typeof BusSchema> {
  return {
    ...bus,
    state: BusState[bus.state],
    createTime: timestampFromDate(bus.createTime),
    updateTime: timestampFromDate(bus.updateTime),
  }
}
