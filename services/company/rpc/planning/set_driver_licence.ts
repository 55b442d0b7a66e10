import type { PlanningService, SetDriverLicenceRequest } from '#gen/tms/company/v1/planning_service_pb.ts'
import { type Handler, isConstraint, type Tx } from '#kit'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { licenceHash, maskedNumber } from '../../planning/licence_number.ts'
import { findLicence, keepLicence, type LicenceRow } from '../../store/planning.ts'
import { licenceToProto } from '../../wire/planning.ts'
import { requireDate, tenantOf } from '../common.ts'

/** Enters a driver's licence, or writes what is now true of it. Of its number only a hash and the end are kept. */
export const setDriverLicence =
  (ctx: Ctx): Handler<typeof PlanningService.method.setDriverLicence> =>
  async (req, call) => {
    requireDays(req)
    const tenantId = tenantOf(call)
    const { licenceId, driverUserId, licenceClass, validFromDate, validToDate } = req
    const numberHash = await licenceHash(tenantId, req.number)
    return ctx.db.transaction(async (tx) => {
      const now = ctx.clock.now()
      const former = await findLicence(tx, tenantId, licenceId)
      if (former && former.driverUserId !== driverUserId) {
        throw refuse('ID_TAKEN', 'this is the licence of another driver', { id: licenceId })
      }
      const row = {
        ...{ tenantId, licenceId, driverUserId, licenceClass, numberHash, validFromDate, validToDate },
        maskedNumber: maskedNumber(req.number),
        createTime: former?.createTime ?? now,
        updateTime: now,
      }
      await keep(tx, row)
      return { licence: licenceToProto(row) }
    })
  }

function requireDays({ validFromDate, validToDate }: SetDriverLicenceRequest): void {
  requireDate(validFromDate)
  requireDate(validToDate)
  if (validToDate >= validFromDate) return
  throw refuse('DATE_INVALID', 'the licence ends before it begins', { date: validToDate })
}

async function keep(tx: Tx, row: LicenceRow): Promise<void> {
  try {
    await keepLicence(tx, row)
  } catch (err) {
    if (!isConstraint(err, 'driver_licence_of_one')) throw err
    throw refuse('LICENCE_TAKEN', 'another driver has a licence of this number')
  }
}
