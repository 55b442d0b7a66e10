import { expect, test, vi } from 'vitest'
import { newUuidV7 } from '#kit'
import { type Fleet, type Phone, startFleet } from './testing/mortal/fleet.ts'
import { type MortalStage, startMortalStage } from './testing/mortal/stage.ts'
import { Watcher } from './testing/mortal/watcher.ts'

const PHONES = 500
const id = () => newUuidV7(Date.now())

/** Where the numbers of a watched bus stood when something was killed, and when it was seen to be whole again. */
type Outage = { readonly from: number; readonly until: number }

/** Somebody who watches, what is his, and the bus whose every number is looked at. */
type Watch = {
  readonly watcher: Watcher
  readonly buses: ReadonlySet<string>
  readonly looksAt: Phone
  readonly outages: Outage[]
}

test(
  'a tracking process, a node, Redis and NATS are killed in turn while 500 phones report: every position is in the ' +
    'history once, in order; maps miss nothing but what an outage hid, and show nobody a bus that is not his ' +
    '[S1-31][S1-52][S2-93]',
  async () => {
    const stage = await startMortalStage()
    try {
      const tenants = [id(), id()] as const
      const fleet = await startFleet(stage.sql, tenants, PHONES, { ...stage, liveUrl: stage.liveUrls[0] })
      try {
        await yardOf(stage, tenants[0])
        const watches = await watchAll(stage, fleet, tenants)
        await allGoOn(fleet, watches)
        for (const victim of ['ingest', 'node', 'redis', 'nats'] as const) {
          await killAndRevive(stage, victim, fleet, watches)
        }
        await fleet.finish()
        await expectWholeHistory(stage, fleet)
        for (const watch of watches) expectWholeView(watch)
        await expectOneEntryEach(stage, fleet, tenants[0])
        await expectStrangerRefused(stage, watches[0]!)
        for (const { watcher } of watches) watcher.close()
      } finally {
        await fleet.stop()
      }
    } finally {
      await stage.stop()
    }
  },
  600_000,
)

/** A place that the first company wants to hear of, and in which all its buses are from the beginning. */
async function yardOf({ sql }: MortalStage, tenantId: string): Promise<void> {
  const shape = { circle: { center: { latitudeDegrees: -2, longitudeDegrees: 30 }, radiusMeters: 100_000 } }
  await sql`
    insert into geofence (geofence_id, tenant_id, name, shape, create_time, update_time)
    values (${id()}, ${tenantId}, 'Yard', ${sql.json(shape)}, now(), now())`
}

/** A passenger of the first bus, and the dispatchers of both companies. */
async function watchAll(stage: MortalStage, { phones }: Fleet, tenants: readonly [string, string]): Promise<Watch[]> {
  const [first, , third] = phones
  const passenger = id()
  const tripId = await tripOf(stage, first!, passenger)
  const watch = (token: string, topic: string, buses: readonly Phone[], looksAt: Phone): Watch => ({
    watcher: new Watcher(stage.liveUrls, token, topic),
    buses: new Set(buses.map(({ busId }) => busId)),
    looksAt,
    outages: [],
  })
  const own = (tenantId: string) => phones.filter((phone) => phone.tenantId === tenantId)
  const dispatcher = (tenantId: string) => stage.token({ tenantId, permissions: ['tracking.fleet.read'] })
  return [
    watch(await stage.token({ userId: passenger }), `trip:${tripId}`, [first!], first!),
    watch(await dispatcher(tenants[0]), `company:${tenants[0]}:fleet`, own(tenants[0]), third!),
    watch(await dispatcher(tenants[1]), `company:${tenants[1]}:fleet`, own(tenants[1]), own(tenants[1])[4]!),
  ]
}

/** The bus runs a trip that somebody holds a ticket for. */
async function tripOf({ sql }: MortalStage, { tenantId, busId }: Phone, userId: string): Promise<string> {
  const tripId = id()
  await sql`
    insert into trip (trip_id, tenant_id, revision, bus_id, bus_plate, departure_time, arrival_time)
    values (${tripId}, ${tenantId}, 1, ${busId}, 'RAC000A', now(), now() + interval '3 hours')`
  await sql`
    insert into trip_state (trip_id, tenant_id, revision, state, change_time)
    values (${tripId}, ${tenantId}, 1, 'DEPARTED', now())`
  await sql`
    insert into trip_follower (ticket_id, tenant_id, trip_id, user_id, voided)
    values (${id()}, ${tenantId}, ${tripId}, ${userId}, false)`
  return tripId
}

const patiently = { timeout: 200_000, interval: 100 }

/** Every phone is told that something is safe which it measured from now on, and every map moves. */
async function allGoOn({ phones }: Fleet, watches: readonly Watch[]): Promise<void> {
  const lengths = phones.map(({ recorded }) => recorded.length)
  const seen = watches.map(({ looksAt }) => looksAt.recorded.length)
  await vi.waitFor(() => {
    const behind = phones.filter(({ reporter }, i) => reporter.state.settled <= lengths[i]!)
    expect(behind.length).toBe(0)
    for (const [i, { watcher, looksAt }] of watches.entries()) {
      expect(watcher.newest(looksAt.busId)).toBeGreaterThan(seen[i]!)
    }
  }, patiently)
}

async function killAndRevive(
  stage: MortalStage,
  victim: 'ingest' | 'node' | 'redis' | 'nats',
  fleet: Fleet,
  watches: readonly Watch[],
): Promise<void> {
  // What was on its way is the outage's as well.
  const from = watches.map(({ watcher, looksAt }) => watcher.newest(looksAt.busId))
  await stage[victim].kill()
  const lengths = fleet.phones.map(({ recorded }) => recorded.length)
  // It is away for as long as it takes every phone to measure anew.
  await vi.waitFor(() => {
    expect(fleet.phones.every(({ recorded }, i) => recorded.length > lengths[i]!)).toBe(true)
  }, patiently)
  await stage[victim].start()
  await allGoOn(fleet, watches)
  for (const [i, { watcher, looksAt, outages }] of watches.entries()) {
    outages.push({ from: from[i]!, until: watcher.newest(looksAt.busId) })
  }
}

async function expectWholeHistory({ sql }: MortalStage, fleet: Fleet): Promise<void> {
  expect(fleet.faults()).toEqual([])
  const rows = await sql<{ bus_id: string; numbers: string[]; times: number[] }[]>`
    select bus_id, array_agg(sequence order by sample_time, sequence) as numbers,
      array_agg((extract(epoch from sample_time) * 1000)::float8 order by sample_time, sequence) as times
    from position group by bus_id`
  const byBus = new Map(rows.map((row) => [row.bus_id, row]))
  expect(byBus.size).toBe(PHONES)
  for (const { busId, recorded } of fleet.phones) {
    const { numbers = [], times = [] } = byBus.get(busId) ?? {}
    expect(numbers.map(Number)).toEqual(recorded.map((_, i) => i + 1))
    expect(times).toEqual(recorded)
  }
}

function expectWholeView({ watcher, buses, looksAt, outages }: Watch): void {
  expect([...watcher.seen.keys()].filter((busId) => !buses.has(busId))).toEqual([])
  expect(watcher.seen.size).toBe(buses.size)
  const seen = new Set(watcher.seen.get(looksAt.busId))
  const [first, last] = [Math.min(...seen), Math.max(...seen)]
  const missing = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((number) => !seen.has(number))
  expect(missing.filter((number) => !outages.some(({ from, until }) => number > from && number < until))).toEqual([])
}

/** Each bus came into the yard once, whoever watched it and however often they died; and it was told. */
async function expectOneEntryEach({ sql }: MortalStage, { phones }: Fleet, tenantId: string): Promise<void> {
  const own = phones.filter((phone) => phone.tenantId === tenantId)
  await vi.waitFor(async () => {
    const [row] = await sql<{ told: number; untold: number }[]>`
      select count(*) filter (where publish_time is not null)::int as told,
        count(*) filter (where publish_time is null)::int as untold
      from outbox where subject like '%GeofenceCrossed%'`
    expect(row).toEqual({ told: own.length, untold: 0 })
  }, patiently)
}

/** After all of that a stranger is refused as before. */
async function expectStrangerRefused(stage: MortalStage, { watcher }: Watch): Promise<void> {
  const stranger = new Watcher(stage.liveUrls, await stage.token({}), watcher.topic)
  await vi.waitFor(
    () => expect(stranger.ends).toContain('TOPIC_REFUSED: this topic is not for this account'),
    patiently,
  )
  stranger.close()
  expect(stranger.seen.size).toBe(0)
}
