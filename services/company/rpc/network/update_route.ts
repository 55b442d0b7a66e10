import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { type Handler, sqlStateOf, type Tx } from '#kit'
import { announceTouched } from '../../announce.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import {
  deletePatternsBut,
  insertPatterns,
  type PatternDraft,
  type Route,
  updatePattern,
  updateRoute as writeRoute,
} from '../../store/routes.ts'
import { routeToProto } from '../../wire/network.ts'
import { insertAs, tenantOf } from '../common.ts'
import { requireRoute } from '../required.ts'
import { patternDrafts, routeFacts } from './route_draft.ts'

/** Writes what is now true of a route, and tells the sellers of its trips. */
export const updateRoute =
  (ctx: Ctx): Handler<typeof NetworkService.method.updateRoute> =>
  async (req, call) => {
    const [tenantId, updateTime] = [tenantOf(call), ctx.clock.now()]
    return ctx.db.transaction(async (tx) => {
      const old = await requireRoute(tx, tenantId, req.routeId)
      const drafts = await patternDrafts(tx, tenantId, req.routeId, req.patterns)
      await writeRoute(tx, { ...routeFacts(tenantId, req), updateTime })
      await replacePatterns(tx, old, drafts)
      await announceTouched(ctx, tx, tenantId, { routeIds: [req.routeId] })
      return { route: routeToProto(await requireRoute(tx, tenantId, req.routeId)) }
    })
  }

/** A pattern keeps its identity as long as it calls at the same stops; with others it is made anew. */
async function replacePatterns(tx: Tx, old: Route, drafts: readonly PatternDraft[]): Promise<void> {
  const before = new Map(old.patterns.map((pattern) => [pattern.patternId, stopsOf(pattern)]))
  const kept = drafts.filter((draft) => before.get(draft.patternId) === stopsOf(draft))
  const fresh = drafts.filter((draft) => !kept.includes(draft))
  await deleteUnused(
    tx,
    old,
    kept.map(({ patternId }) => patternId),
  )
  for (const draft of kept) await updatePattern(tx, draft)
  await insertAs(old.routeId, () => insertPatterns(tx, fresh))
}

const FOREIGN_KEY_VIOLATION = '23503'

async function deleteUnused(tx: Tx, { tenantId, routeId }: Route, keptIds: readonly string[]): Promise<void> {
  try {
    await deletePatternsBut(tx, tenantId, routeId, keptIds)
  } catch (err) {
    if (sqlStateOf(err) !== FOREIGN_KEY_VIOLATION) throw err
    throw refuse('PATTERN_IN_USE', 'schedules run on a pattern that would go or call elsewhere', {
      route_id: routeId,
    })
  }
}

const stopsOf = ({ stops }: { readonly stops: readonly { readonly stopId: string }[] }) =>
  stops.map(({ stopId }) => stopId).join(' ')
