import { type Handler, isConstraint, sessionOf } from '#kit'
import type { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { insertAlert, unknownSubjects } from '../store/alerts.ts'
import { alertFromProto, alertToProto, subjectIdsOf } from '../wire/alerts.ts'

/** A feed is read whole by every phone that shows it. */
const MOST_ALERTS = 200

export const createAlert =
  (ctx: Ctx): Handler<typeof FeedService.method.createAlert> =>
  async (req, call) => {
    const made = ctx.db.once(call, req, async (tx) => {
      const { tenantId = '' } = sessionOf(call)
      const createTime = ctx.clock.now()
      const alert = { ...alertFromProto(req.content, createTime), alertId: req.alertId, tenantId, createTime }
      const [id] = await unknownSubjects(tx, subjectIdsOf(alert.content))
      if (id !== undefined) throw refuse('SUBJECT_UNKNOWN', 'the company runs nothing of that name', { id })
      const row = await insertAlert(tx, alert, MOST_ALERTS)
      if (!row) {
        const limit = MOST_ALERTS.toString()
        throw refuse('ALERT_LIMIT_REACHED', `a company has ${limit} alerts at most that are not over`, { limit })
      }
      return { alert: alertToProto(row) }
    })
    return made.catch((err: unknown) => {
      if (!isConstraint(err, 'alert_pkey')) throw err
      throw refuse('ALERT_EXISTS', 'an alert with this id exists', { alert_id: req.alertId })
    })
  }
