import { create } from '@bufbuild/protobuf'
import { type Handler, sessionOf, type Tx } from '#kit'
import { QuarantineDecidedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import {
  DecideQuarantineResponseSchema,
  type DecideQuarantineRequest,
  type PointOfSaleService,
} from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { refuse } from '../../errors.ts'
import type { Ctx } from '../../context.ts'
import { SeatsMoved } from '../../steps/pos/apply_entries.ts'
import { type DecisionPlan, planDecision, writeDecision } from '../../steps/pos/decide.ts'
import { knownDevice } from '../../steps/pos/reach_device.ts'
import { unlessMoved } from '../../steps/pos/take_over.ts'
import { type Device, lockDevice, setQuarantine } from '../../store/pos/devices.ts'
import { decideQuarantine as decide, keptEntries, readQuarantine } from '../../store/pos/quarantines.ts'
import { resultToProto } from '../../wire/pos/entries.ts'
import { quarantineToProto } from '../../wire/pos/quarantines.ts'
import { quarantineUnknown } from './list_quarantined_entries.ts'

/** Entries may join, and seats may be sold, while it is worked out; then it is worked out anew, so often. */
const ATTEMPTS = 8

/** Lets the entries of a quarantine count, or says that they do not. */
export const decideQuarantine =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.decideQuarantine> =>
  async (req, call) => {
    const { userId } = sessionOf(call)
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const { device, plan } = await planFor(ctx, req)
      const answer = await unlessMoved(ctx.db.once(call, req, (tx) => write(tx, ctx, { req, device, plan, userId })))
      if (answer) return answer
    }
    throw refuse('TRIP_CHANGED', 'the seats of these sales are being sold at this moment; ask again')
  }

async function planFor(ctx: Ctx, { quarantineId, release }: DecideQuarantineRequest) {
  const { quarantine, kept } = await ctx.db.transaction(async (tx) => ({
    quarantine: await readQuarantine(tx, quarantineId),
    kept: await keptEntries(tx, quarantineId, 0, undefined),
  }))
  if (!quarantine) throw quarantineUnknown(quarantineId)
  const device = await knownDevice(ctx, quarantine.deviceId)
  return { device, plan: await planDecision(ctx, device, kept, release && quarantine.state === 'OPEN') }
}

type Decision = {
  readonly req: DecideQuarantineRequest
  readonly device: Device
  readonly plan: DecisionPlan
  readonly userId: string
}

async function write(tx: Tx, ctx: Ctx, { req, device, plan, userId }: Decision) {
  const { quarantineId, release, note } = req
  const { tenantId, deviceId } = device
  await lockDevice(tx, deviceId)
  const before = await readQuarantine(tx, quarantineId)
  if (before?.state !== 'OPEN') {
    throw refuse('QUARANTINE_DECIDED', 'somebody has decided about it already', { state: before?.state ?? '' })
  }
  if (before.entryCount !== plan.kept.length) throw new SeatsMoved('more entries came meanwhile')
  const results = await writeDecision(tx, ctx, device, quarantineId, plan)
  const state = release ? 'RELEASED' : 'REJECTED'
  await decide(tx, quarantineId, { state, userId, note }, ctx.clock.now())
  await setQuarantine(tx, deviceId, undefined)
  await tx.publish(QuarantineDecidedSchema, deviceId, {
    ...{ tenantId, deviceId, quarantineId },
    released: release,
    deciderUserId: userId,
  })
  tx.afterCommit(() => ctx.happened('quarantine_decided', { quarantine_id: quarantineId, state }))
  const quarantine = await readQuarantine(tx, quarantineId)
  return create(DecideQuarantineResponseSchema, {
    quarantine: quarantineToProto(quarantine!),
    results: results.map(resultToProto),
  })
}
