import { describe, expect, test } from 'vitest'
import { feedsFor, type Follower, type Known } from './may_follow.ts'
import type { Topic } from './topic.ts'

const trip: Topic = { kind: 'trip', id: 'trip 1' }
const bus: Topic = { kind: 'bus', id: 'bus 1' }
const fleet: Topic = { kind: 'company', id: 'ikivu' }

const dispatcher: Follower = { userId: 'd', tenantId: 'ikivu', watchesFleet: true }
const agent: Follower = { userId: 'a', tenantId: 'ikivu', watchesFleet: false }
const rival: Follower = { userId: 'r', tenantId: 'rival', watchesFleet: true }
const passenger: Follower = { userId: 'p', tenantId: undefined, watchesFleet: false }

const ikivus: Known = { ownerTenantId: 'ikivu', tickets: [] }
const ticketed: Known = { ownerTenantId: 'ikivu', tickets: [{ tripId: 'trip 1', busId: 'bus 1' }] }
const otherTrip: Known = { ownerTenantId: 'ikivu', tickets: [{ tripId: 'trip 2', busId: 'bus 2' }] }
const unknown: Known = { ownerTenantId: undefined, tickets: [] }

describe('who may follow what [S2-114]', () => {
  test.each<[string, Topic, Follower, Known, Topic[]]>([
    ['a dispatcher: a trip of the company', trip, dispatcher, ikivus, [trip]],
    ['a dispatcher: a bus of the company', bus, dispatcher, ikivus, [bus]],
    ['a dispatcher: the fleet', fleet, dispatcher, ikivus, [fleet]],
    ['a dispatcher: nothing that does not exist', trip, dispatcher, unknown, []],
    ['staff without the permission: nothing', fleet, agent, ikivus, []],
    ['staff without the permission: a trip by ticket only', trip, agent, ticketed, [trip]],
    ['another company: no trip', trip, rival, ikivus, []],
    ['another company: no bus', bus, rival, ikivus, []],
    ['another company: no fleet', fleet, rival, ikivus, []],
    ['another company: what does not exist neither', bus, rival, unknown, []],
    ['a ticket holder: his trip', trip, passenger, ticketed, [trip]],
    ['a ticket holder: the bus, as long as it runs his trip', bus, passenger, ticketed, [trip]],
    ['a ticket holder: never the fleet', fleet, passenger, ticketed, []],
    ['a ticket holder: no other trip', trip, passenger, otherTrip, []],
    ['a ticket holder: no other bus', bus, passenger, otherTrip, []],
    ['a passenger without a ticket: nothing', trip, passenger, ikivus, []],
  ])('%s', (_, topic, who, known, feeds) => {
    expect(feedsFor(topic, who, known)).toEqual(feeds)
  })

  test('two tickets for one trip are one feed', () => {
    const tickets = [...ticketed.tickets, ...ticketed.tickets]
    expect(feedsFor(bus, passenger, { ...ticketed, tickets })).toEqual([trip])
  })
})
