import type { Redis } from 'ioredis'
import type { Sample } from '../domain/sample.ts'

/** Where a bus is now, as Redis keeps it. */
export type Location = {
  readonly tenantId: string
  readonly busId: string
  readonly tripId: string | undefined
  readonly busPlate: string
  readonly sample: Sample
  /** A PositionUpdate, encoded. */
  readonly update: Uint8Array
}

/** How long a bus that says nothing more is still shown. */
export const LOCATION_LIFE_SECONDS = 60

/** GEO indexes know no places nearer to the poles. */
const MAX_GEO_LATITUDE = 85

/** So many buses go to Redis at once: neither it nor this process is to be held up for more than a few milliseconds. */
const BUSES_AT_ONCE = 50

/** Names of keys; the tests of several suites share a server. */
export const keysWith = (prefix: string) => ({
  /** Hash: the newest position of a bus, field by field, and whole as `update`. */
  location: (busId: string) => `${prefix}bus:${busId}:location`,
  /** GEO: a bus alone. */
  busGeo: (busId: string) => `${prefix}bus:${busId}:geo`,
  /** GEO: the buses of a company. */
  fleetGeo: (tenantId: string) => `${prefix}tracking:${tenantId}:geo`,
  /** Sorted set: when each bus of a company was heard of. */
  fleetSeen: (tenantId: string) => `${prefix}tracking:${tenantId}:seen`,
  /** Set: the companies that have buses in the two above. */
  companies: `${prefix}tracking:companies`,
})

/** Writes where buses are, many at once. @throws when Redis did not take all of it */
export async function writeLocations(redis: Redis, prefix: string, locations: readonly Location[]): Promise<void> {
  for (const [tenantId, fleet] of Map.groupBy(locations, (location) => location.tenantId)) {
    for (let from = 0; from < fleet.length; from += BUSES_AT_ONCE) {
      await writePart(redis, prefix, tenantId, fleet.slice(from, from + BUSES_AT_ONCE))
    }
  }
}

/**
 * Writes many buses by one command: as commands of their own, or with an argument for each field, they cost the process more
 * than all else that is done for a position. KEYS are hash and GEO set of each bus; ARGV their life in seconds, what
 * {@link fieldsOf} gives for each as JSON, then the encoded update of each.
 */
const WRITE_BUSES = `
local life, buses = ARGV[1], cjson.decode(ARGV[2])
for i, bus in ipairs(buses) do
  local hash, geo = KEYS[2 * i - 1], KEYS[2 * i]
  redis.call('HSET', hash, 'tenant_id', bus[2], 'trip_id', bus[3], 'bus_plate', bus[4], 'sequence', bus[5],
    'sample_time', bus[6], 'latitude_degrees', bus[7], 'longitude_degrees', bus[8], 'speed_meters_per_second', bus[9],
    'heading_degrees', bus[10], 'update', ARGV[2 + i])
  redis.call('EXPIRE', hash, life)
  if bus[11] == '1' then
    redis.call('GEOADD', geo, bus[8], bus[7], bus[1])
    redis.call('EXPIRE', geo, life)
  end
end`

/** As texts: Lua would write numbers with digits that they do not have. */
function fieldsOf(location: Location): string[] {
  const { busId, tenantId, tripId = '', busPlate, sample } = location
  const { latitudeDegrees, longitudeDegrees, speedMetersPerSecond = '', headingDegrees = '' } = sample
  return [
    ...[busId, tenantId, tripId, busPlate, `${sample.sequence}`, new Date(sample.timeMs).toISOString()],
    ...[`${latitudeDegrees}`, `${longitudeDegrees}`, `${speedMetersPerSecond}`, `${headingDegrees}`],
    hasGeo(location) ? '1' : '0',
  ]
}

async function writePart(redis: Redis, prefix: string, tenantId: string, fleet: readonly Location[]): Promise<void> {
  const keys = keysWith(prefix)
  const pipeline = redis.pipeline()
  const names = fleet.flatMap(({ busId }) => [keys.location(busId), keys.busGeo(busId)])
  const updates = fleet.map(({ update }) => Buffer.from(update.buffer, update.byteOffset, update.byteLength))
  const fields = JSON.stringify(fleet.map(fieldsOf))
  pipeline.eval(WRITE_BUSES, names.length, ...names, LOCATION_LIFE_SECONDS, fields, ...updates)
  const places = fleet.filter(hasGeo).flatMap(placeOf)
  if (places.length > 0) pipeline.geoadd(keys.fleetGeo(tenantId), ...places)
  pipeline.zadd(keys.fleetSeen(tenantId), ...fleet.flatMap(({ busId, sample }) => [sample.timeMs, busId]))
  pipeline.sadd(keys.companies, tenantId)
  const answers = (await pipeline.exec()) ?? []
  for (const [err] of answers) if (err) throw err
}

const hasGeo = ({ sample }: Location): boolean => Math.abs(sample.latitudeDegrees) <= MAX_GEO_LATITUDE

const placeOf = ({ sample, busId }: Location): [number, number, string] => [
  sample.longitudeDegrees,
  sample.latitudeDegrees,
  busId,
]

/** The newest positions of buses, encoded; those that have not been heard of for a minute are left out. */
export async function readUpdates(redis: Redis, prefix: string, busIds: readonly string[]): Promise<Uint8Array[]> {
  const keys = keysWith(prefix)
  const found = await Promise.all(busIds.map((busId) => redis.hgetBuffer(keys.location(busId), 'update')))
  return found.filter((update) => update !== null)
}

/** A bus of a company that is in the index, and how far it is from the place asked about. */
export type IndexedBus = { readonly busId: string; readonly distanceMeters: number | undefined }

/** A circle on the ground. */
export type Circle = {
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly radiusMeters: number
}

/** The buses of a company that were heard of lately: all, or those in a circle, nearest first. */
export async function readFleet(
  redis: Redis,
  prefix: string,
  tenantId: string,
  near: Circle | undefined,
): Promise<IndexedBus[]> {
  const keys = keysWith(prefix)
  if (!near) {
    const busIds = await redis.zrange(keys.fleetSeen(tenantId), '0', '-1')
    return busIds.map((busId) => ({ busId, distanceMeters: undefined }))
  }
  const { longitudeDegrees, latitudeDegrees, radiusMeters } = near
  const place = [`${longitudeDegrees}`, `${latitudeDegrees}`]
  const circle = ['FROMLONLAT', ...place, 'BYRADIUS', `${radiusMeters}`, 'm', 'ASC', 'WITHDIST']
  const found = (await redis.call('GEOSEARCH', keys.fleetGeo(tenantId), ...circle)) as [string, string][]
  return found.map(([busId, distance]) => ({ busId, distanceMeters: Number(distance) }))
}

/** The companies of which buses were heard. */
export function knownCompanies(redis: Redis, prefix: string): Promise<string[]> {
  return redis.smembers(keysWith(prefix).companies)
}

/** Takes buses that were not heard of since `before` out of the indexes of all companies. */
export async function forgetSilent(redis: Redis, prefix: string, before: Date): Promise<void> {
  const keys = keysWith(prefix)
  for (const tenantId of await redis.smembers(keys.companies)) {
    const silent = await redis.zrangebyscore(keys.fleetSeen(tenantId), '-inf', `(${before.getTime()}`)
    if (silent.length === 0) continue
    await redis.zrem(keys.fleetGeo(tenantId), ...silent)
    await redis.zrem(keys.fleetSeen(tenantId), ...silent)
  }
}
