import type { Session } from '#kit'
import type { Ctx } from '../context.ts'
import { ownersOf, ticketedTrips } from '../store/followers.ts'
import { feedsFor } from './domain/may_follow.ts'
import type { Topic } from './domain/topic.ts'

/** One account's wish to follow a topic. */
export type Wish = { readonly session: Session; readonly topic: Topic }

/** Tells what each wish is given, in their order; nothing for those that are refused. Throws when it cannot be known. */
export type Access = (wishes: readonly Wish[]) => Promise<Topic[][]>

/** What whoever watches a company's fleet was granted. */
const WATCH_FLEET = 'tracking.fleet.read'

/**
 * Decides by our own copies of tickets and trips, for many wishes by two statements.
 *
 * Over all companies' rows: a passenger belongs to none, and rides with many.
 */
export function accessOf({ db }: Ctx): Access {
  return async (wishes) => {
    const [tickets, owners] = await Promise.all([
      ticketedTrips(
        db.system,
        wishes.map(({ session }) => session.userId),
      ),
      ownersOf(
        db.system,
        wishes.map(({ topic }) => topic.id),
      ),
    ])
    return wishes.map(({ session, topic }) =>
      feedsFor(
        topic,
        { ...session, watchesFleet: session.can(WATCH_FLEET) },
        { ownerTenantId: owners.get(topic.id), tickets: tickets.get(session.userId) ?? [] },
      ),
    )
  }
}
