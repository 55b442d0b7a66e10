import type { Topic } from './topic.ts'

/** Who asks. */
export type Follower = {
  readonly userId: string
  /** The company that the account acts for now. */
  readonly tenantId: string | undefined
  /** Whether it may watch that company's fleet. */
  readonly watchesFleet: boolean
}

/** A trip that an account holds a ticket for, and the bus that runs it. */
export type TicketedTrip = { readonly tripId: string; readonly busId: string | undefined }

/** What is known about a topic and who asks for it. */
export type Known = {
  /** The company of the topic's trip or bus; undefined when there is no such thing. */
  readonly ownerTenantId: string | undefined
  readonly tickets: readonly TicketedTrip[]
}

/**
 * The feeds that a follower of a topic is given; none when it is not for him.
 *
 * Staff see what is their company's. A passenger who follows a bus is given the trips of his that it runs: before and
 * after them the bus is none of his business.
 */
export function feedsFor(topic: Topic, who: Follower, known: Known): Topic[] {
  if (isStaffOf(topic, who, known)) return [topic]
  if (topic.kind === 'trip') return known.tickets.some(({ tripId }) => tripId === topic.id) ? [topic] : []
  if (topic.kind === 'company') return []
  const trips = new Set(known.tickets.filter(({ busId }) => busId === topic.id).map(({ tripId }) => tripId))
  return [...trips].map((id) => ({ kind: 'trip', id }))
}

function isStaffOf(topic: Topic, who: Follower, known: Known): boolean {
  if (!who.watchesFleet || who.tenantId === undefined) return false
  return who.tenantId === (topic.kind === 'company' ? topic.id : known.ownerTenantId)
}
