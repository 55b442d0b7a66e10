import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, moneyToProto, sessionOf, type Tx } from '#kit'
import { ShiftCountedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { CountShiftRequest, ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { countedCash, countFault, countPostings, type Denomination, expectedCash } from '../../domain/shift.ts'
import { postCash } from '../../steps/post_cash.ts'
import { lockOpenShift, reachShift } from '../../steps/reach_shift.ts'
import { collectedBy } from '../../steps/shift_sales.ts'
import { assertSynced, takeInJournal } from '../../steps/shift_journal.ts'
import { insertMovements, type NewMovement } from '../../store/shift_cash.ts'
import { type Count, readShift, type Shift, writeCount } from '../../store/shifts.ts'
import { cashInvalid, denominationsFromProto, shiftToProto } from '../../wire/shift.ts'

/** Takes a blind count down, and only then works out and tells what should have been there. */
export const countShift =
  (ctx: Ctx): Handler<typeof ShiftService.method.countShift> =>
  async (req, call) => {
    const session = sessionOf(call)
    const denominations = denominationsFromProto(req.denominations)
    // What is sold from here on belongs to the agent's next shift.
    const countTime = ctx.clock.now()
    const seen = await ctx.db.transaction((tx) => reachShift(tx, session, req.shiftId))
    const sales = seen.state === 'OPEN' ? await collectedBy(ctx, seen) : []
    return ctx.db.once(call, req, async (tx) => {
      const shift = await lockOpenShift(tx, session, req.shiftId)
      const count = await countOf(tx, ctx, shift, { req, denominations, sales })
      await writeCount(tx, shift.shiftId, count, countTime)
      await postCash(tx, ctx, shift, countPostings(shift.float, count.totals, count.counted))
      await tx.publish(ShiftCountedSchema, shift.shiftId, {
        tenantId: shift.tenantId,
        shiftId: shift.shiftId,
        agentUserId: shift.agentUserId,
        deviceId: shift.deviceId,
        counted: moneyToProto(count.counted),
        expected: moneyToProto(count.expected),
        countTime: timestampFromDate(countTime),
      })
      tx.afterCommit(() => ctx.happened('shift_counted', { shift_id: shift.shiftId }))
      return { shift: shiftToProto((await readShift(tx, shift.shiftId))!) }
    })
  }

type Asked = {
  readonly req: CountShiftRequest
  readonly denominations: readonly Denomination[]
  readonly sales: readonly NewMovement[]
}

/** @throws {ConnectError} CASH_INVALID, SALES_NOT_SYNCED */
async function countOf(tx: Tx, ctx: Ctx, shift: Shift, { req, denominations, sales }: Asked): Promise<Count> {
  const fault = countFault(shift.float.currency, denominations)
  if (fault !== undefined) throw cashInvalid('denominations', fault)
  const journalThrough = await assertSynced(tx, shift, req.journalLength)
  await insertMovements(tx, shift, sales)
  const totals = await takeInJournal(tx, ctx, shift, journalThrough)
  const counted = countedCash(shift.float.currency, denominations)
  return { denominations, counted, expected: expectedCash(shift.float, totals), totals, journalThrough }
}
