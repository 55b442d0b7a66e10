import type { Suite } from '#kit/testing'
import { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { TenantCreatedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { DISPATCHER_RIGHTS, newId } from './world.ts'

/** A company with one bus, made at company; its suite hosts that service. */
export async function aBus(suite: Suite) {
  const tenantId = newId()
  const facts = { slug: 'ikivu', name: 'Ikivu Coaches', currency: 'RWF', timeZone: 'Africa/Kigali', country: 'RW' }
  await suite.publish(TenantCreatedSchema, tenantId, { tenantId, ...facts, languages: ['rw'], revision: 1n })
  await suite.settle()
  const who = { userId: newId(), tenantId, permissions: ['company.*', ...DISPATCHER_RIGHTS] }
  const fleet = suite.client(FleetService, who)
  const [layoutId, busId] = [newId(), newId()]
  const seats = [{ label: '1A', seatClass: SeatClass.STANDARD, deck: 0, row: 0, column: 0 }]
  await fleet.createSeatLayout({ layoutId, name: 'One', seats })
  await fleet.createBus({ busId, plate: 'RAD001A', layoutId })
  return { tenantId, busId, who, client: suite.client(TrackingService, who) }
}
