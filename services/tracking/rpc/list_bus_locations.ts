import { create, fromBinary } from '@bufbuild/protobuf'
import { type Handler, sessionOf } from '#kit'
import { type PositionUpdate, PositionUpdateSchema } from '#gen/tms/tracking/v1/position_pb.ts'
import { type BusLocation, BusLocationSchema, type TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { type Circle, type IndexedBus, readFleet, readUpdates } from '../store/locations.ts'

export const listBusLocations =
  (ctx: Ctx): Handler<typeof TrackingService.method.listBusLocations> =>
  async ({ near }, call) => {
    const locations = await locationsOf(ctx, sessionOf(call).tenantId ?? '', near).catch((err: unknown) => {
      ctx.log.debug({ err }, 'Redis does not answer')
      throw refuse('LOCATIONS_UNAVAILABLE', 'where buses are now cannot be read at this moment')
    })
    return { locations }
  }

async function locationsOf(ctx: Ctx, tenantId: string, near: Circle | undefined): Promise<BusLocation[]> {
  const { redis, redisPrefix } = ctx
  const fleet = await readFleet(redis, redisPrefix, tenantId, near)
  const found = await readUpdates(
    redis,
    redisPrefix,
    fleet.map(({ busId }) => busId),
  )
  const updates = new Map(found.map((bytes) => fromBinary(PositionUpdateSchema, bytes)).map((one) => [busOf(one), one]))
  // A bus may have gone to another company since it was put into the index of this one.
  const own = fleet.filter(({ busId }) => updates.get(busId)?.tenantId === tenantId)
  const locations = own.map((bus) => locationOf(bus, updates.get(bus.busId)!))
  return near ? locations : locations.sort((a, b) => plateOf(a).localeCompare(plateOf(b), 'en'))
}

const busOf = ({ position }: PositionUpdate) => position?.busId ?? ''
const plateOf = ({ update }: BusLocation) => update?.busPlate ?? ''

function locationOf({ distanceMeters }: IndexedBus, update: PositionUpdate): BusLocation {
  return create(BusLocationSchema, distanceMeters === undefined ? { update } : { update, distanceMeters })
}
