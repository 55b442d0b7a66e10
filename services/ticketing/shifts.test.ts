import { Code, ConnectError } from '@connectrpc/connect'
import { extractText } from 'unpdf'
import { expect } from 'vitest'
import { placements, type Who } from '#kit/testing'
import { FeeRule_Bearer, FeeRule_PayeeKind } from '#gen/tms/payment/v1/fee_rule_pb.ts'
import { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { DepositReceivedSchema, ShiftClosedSchema, ShiftCountedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { CashMovement_Kind as Kind, Deposit_Destination as To, Shift_State } from '#gen/tms/ticketing/v1/shift_pb.ts'
import { ExportAgencyStatementRequest_Format as Format, ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { holdOf, passenger, refusal } from './testing/people.ts'
import { agentOf, balances, francs, notes, openTill, sellAt, supervisorOf } from './testing/tills.ts'

const suiteOf = [ticketing, payment, qr]

const denied = (err: unknown) => err instanceof ConnectError && err.code === Code.PermissionDenied

placements(
  'cash goes from the passenger to the safe and the bank: counted blind, over booked, received by a second person, and the books are even',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [tripId] = await putOnSale(suite, tripOf(company))
    const agent = agentOf(tenantId)
    const till = suite.client(ShiftService, agent)
    const office = suite.client(ShiftService, supervisorOf(tenantId))
    const deviceId = newId()
    const shiftId = await openTill(till, 20_000, deviceId)
    const kept = await sellAt(suite, agent, tripId!, '3A 3B')
    const given = await sellAt(suite, agent, tripId!, '1A')
    const expense = { expenseId: newId(), shiftId, amount: francs(2_000), description: 'tyre', receipt: 'R-17' }
    const { movement } = await till.recordExpense(expense)
    expect(movement).toMatchObject({ kind: Kind.EXPENSE, description: 'tyre', receipt: 'R-17' })

    // Cancelled by the company, handed out at the till: the whole price.
    await suite.settle()
    const { bookingId } = given
    await suite.client(TicketingService, agent).cancelBooking({ idempotencyKey: newId(), bookingId, reason: 'ill' })
    await suite.settle()
    expect(await refusal(till.handOutRefund({ idempotencyKey: newId(), shiftId, bookingId: kept.bookingId }))).toBe(
      'REFUND_NOT_IN_CASH',
    )
    await till.handOutRefund({ idempotencyKey: newId(), shiftId, bookingId })
    expect(await refusal(till.handOutRefund({ idempotencyKey: newId(), shiftId, bookingId }))).toBe('REFUND_HANDED_OUT')

    // Nothing that the agent may ask tells what should be there.
    expect((await till.getShift({ shiftId })).shift?.cashCount).toBeUndefined()
    expect((await till.listShifts({})).shifts[0]?.cashCount).toBeUndefined()
    expect(await refusal(till.getShiftReport({ shiftId }))).toBe('COUNT_FIRST')
    expect(await refusal(till.renderShiftReport({ shiftId }))).toBe('COUNT_FIRST')
    const days = { agentUserId: agent.userId, firstDate: '2026-11-20', lastDate: '2026-11-20', currencyCode: 'RWF' }
    const [books, payments] = [suite.client(LedgerService, agent), suite.client(PaymentService, agent)]
    const forbidden = await Promise.allSettled([
      till.getAgencyStatement(days),
      till.exportAgencyStatement({ ...days, format: Format.CSV }),
      books.listAccounts({}),
      payments.getTrialBalance({}),
      payments.listJournalEntries({}),
      payments.listPaymentIntents({}),
    ])
    const codes = forbidden.map((one) => (one.status === 'rejected' ? ConnectError.from(one.reason).code : undefined))
    expect(codes).toEqual(forbidden.map(() => Code.PermissionDenied))
    // Whoever supervises sees it at any time.
    const x = (await office.getShiftReport({ shiftId })).report!
    expect(x).toMatchObject({ expected: { units: 24_000n }, shift: { state: Shift_State.OPEN } })

    const count = { idempotencyKey: newId(), shiftId, denominations: notes({ 5000: 4, 2000: 2, 500: 1 }) }
    const { shift } = await till.countShift(count)
    expect(shift?.cashCount).toMatchObject({
      counted: { units: 24_500n },
      expected: { units: 24_000n },
      overShort: { units: 500n },
    })
    const again = till.countShift({ ...count, idempotencyKey: newId(), denominations: notes({ 5000: 4, 2000: 2 }) })
    expect(await refusal(again)).toBe('SHIFT_NOT_OPEN')

    const close = { idempotencyKey: newId(), shiftId }
    expect(await refusal(till.closeShift(close))).toBe('CASH_IN_TILL')
    const [toSafe, toBank] = [newId(), newId()]
    await till.handOverCash({ depositId: toSafe, shiftId, destination: To.SAFE, amount: francs(20_000) })
    const rest = { shiftId, destination: To.BANK, reference: 'slip 9' }
    const tooMuch = till.handOverCash({ ...rest, depositId: newId(), amount: francs(4_501) })
    expect(await refusal(tooMuch)).toBe('DEPOSIT_EXCEEDS_TILL')
    await till.handOverCash({ ...rest, depositId: toBank, amount: francs(4_500) })
    const waiting = await office.listShifts({ depositWaiting: true })
    expect(waiting.shifts.map((one) => one.shiftId)).toEqual([shiftId])

    const { report } = await till.closeShift({ ...close, idempotencyKey: newId() })
    expect(report).toMatchObject({ shift: { zNumber: 1, state: Shift_State.CLOSED }, expected: { units: 24_000n } })
    await expect(
      till.confirmDeposit({ idempotencyKey: newId(), depositId: toSafe, received: francs(1) }),
    ).rejects.toSatisfy(denied)
    const both = suite.client(ShiftService, { ...supervisorOf(tenantId), userId: agent.userId })
    const own = both.confirmDeposit({ idempotencyKey: newId(), depositId: toSafe, received: francs(20_000) })
    expect(await refusal(own)).toBe('SAME_PERSON')
    await office.confirmDeposit({ idempotencyKey: newId(), depositId: toSafe, received: francs(20_000) })
    await office.confirmDeposit({ idempotencyKey: newId(), depositId: toBank, received: francs(4_000) })
    const third = office.confirmDeposit({ idempotencyKey: newId(), depositId: toBank, received: francs(4_500) })
    expect(await refusal(third)).toBe('DEPOSIT_CONFIRMED')

    await suite.advance({ seconds: 10 })
    const { sum, of } = await balances(suite, tenantId)
    expect(sum).toBe(0n)
    expect(of).toMatchObject({
      CASH: 0n,
      CASH_DRAWER: 0n,
      CASH_IN_TRANSIT: 0n,
      CASH_EXPENSE: 2_000n,
      CASH_SAFE: 0n,
      COMPANY_BANK: 4_000n,
      // 500 too much in the till, 500 missing at the bank.
      CASH_OVER_SHORT: 0n,
    })
    // A Z report stays as it was made.
    expect((await till.getShiftReport({ shiftId })).report).toEqual(report)
    const { pdf, fileName } = await till.renderShiftReport({ shiftId })
    expect(fileName).toBe('z-1.pdf')
    const { text } = await extractText(new Uint8Array(pdf), { mergePages: true })
    for (const part of ['Z report 1', 'tyre', 'R-17', '24,500', '24,000', 'slip 9']) expect(text).toContain(part)
    expect(await suite.published(ShiftCountedSchema)).toMatchObject([{ shiftId, expected: { units: 24_000n } }])
    expect(await suite.published(ShiftClosedSchema)).toMatchObject([{ shiftId, zNumber: 1 }])
    expect(await suite.published(DepositReceivedSchema)).toHaveLength(2)
  },
  { timeoutMs: 90_000 },
)

placements(
  'an agent works one shift and a till has one, Z numbers have no gaps, and amounts that cannot be are refused',
  suiteOf,
  async (suite) => {
    const { tenantId } = newCompany()
    const agent = agentOf(tenantId)
    const till = suite.client(ShiftService, agent)
    const other = suite.client(ShiftService, agentOf(tenantId))
    const deviceId = newId()
    const shiftId = await openTill(till, 1_000, deviceId)
    const refusedToOpen = await Promise.all([
      refusal(openTill(till, 0)),
      refusal(openTill(other, 0, deviceId)),
      refusal(openTill(other, -1)),
    ])
    expect(refusedToOpen).toEqual(['SHIFT_OPEN', 'SHIFT_OPEN', 'CASH_INVALID'])
    // Twelve clicks at once open one shift.
    const clicks = await Promise.allSettled(Array.from({ length: 12 }, () => openTill(other, 0)))
    expect(clicks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)

    const spend = (amount: number, receipt = '') =>
      till.recordExpense({ expenseId: newId(), shiftId, amount: francs(amount), description: 'water', receipt })
    expect(await refusal(spend(5_001))).toBe('RECEIPT_MISSING')
    expect(await refusal(spend(5_001, '  '))).toBe('RECEIPT_MISSING')
    expect(await refusal(spend(0))).toBe('CASH_INVALID')
    await spend(300)
    const stranger = suite.client(ShiftService, supervisorOf(newId()))
    expect(await refusal(stranger.getShift({ shiftId }))).toBe('SHIFT_UNKNOWN')
    expect(await refusal(other.getShift({ shiftId }))).toBe('SHIFT_UNKNOWN')
    expect((await other.listShifts({})).shifts.map((one) => one.shiftId)).not.toContain(shiftId)

    const count = (denominations: ReturnType<typeof notes>) =>
      till.countShift({ idempotencyKey: newId(), shiftId, denominations })
    expect(await refusal(count(notes({ 700: 1 })))).toBe('CASH_INVALID')
    expect(await refusal(count([...notes({ 500: 1 }), ...notes({ 500: 1 })]))).toBe('CASH_INVALID')
    const early = till.handOverCash({ depositId: newId(), shiftId, destination: To.SAFE, amount: francs(100) })
    expect(await refusal(early)).toBe('SHIFT_NOT_COUNTED')
    expect(await refusal(till.countShift({ idempotencyKey: newId(), shiftId, journalLength: 1n }))).toBe(
      'SALES_NOT_SYNCED',
    )
    const counts = await Promise.allSettled(Array.from({ length: 8 }, () => count(notes({ 500: 1 }))))
    expect(counts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const { shift } = await till.getShift({ shiftId })
    // A thousand, less 300 spent; 500 counted: 200 are missing.
    expect(shift?.cashCount).toMatchObject({ expected: { units: 700n }, overShort: { units: -200n } })
    const overs = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        till.handOverCash({ depositId: newId(), shiftId, destination: To.SAFE, amount: francs(300) }),
      ),
    )
    expect(overs.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await till.handOverCash({ depositId: newId(), shiftId, destination: To.SAFE, amount: francs(200) })
    await till.closeShift({ idempotencyKey: newId(), shiftId })
    for (const zNumber of [2, 3]) {
      const next = await openTill(till, 0, deviceId)
      await till.countShift({ idempotencyKey: newId(), shiftId: next })
      const { report } = await till.closeShift({ idempotencyKey: newId(), shiftId: next })
      expect(report?.shift?.zNumber).toBe(zNumber)
    }
    await suite.advance({ seconds: 10 })
    const { sum, of } = await balances(suite, tenantId)
    expect([sum, of['CASH_DRAWER'], of['CASH_OVER_SHORT']]).toEqual([0n, 0n, 200n])
  },
  { timeoutMs: 90_000, sendTwice: false },
)

placements(
  'an agency statement tells what was sold and earned, by the commission that held, to the franc, as RPC, CSV and PDF',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [tripId] = await putOnSale(suite, tripOf(company))
    const [agent, colleague] = [agentOf(tenantId), agentOf(tenantId)]
    const platform = suite.client(LedgerService, { userId: newId(), permissions: ['*'] })
    await platform.createFeeRule({
      idempotencyKey: newId(),
      feeRule: {
        feeRuleId: newId(),
        payeeKind: FeeRule_PayeeKind.AGENT,
        payee: agent.userId,
        tenantId,
        currencyCode: 'RWF',
        basisPoints: 250,
        bearer: FeeRule_Bearer.COMPANY,
      },
    })
    const till = suite.client(ShiftService, agent)
    const shiftId = await openTill(till, 0)
    await sellAt(suite, agent, tripId!, '3A 3B')
    await sellAt(suite, agent, tripId!, '3C')
    // Sold by somebody else: no business of this agent's.
    await sellAt(suite, colleague, tripId!, '4A')
    await till.countShift({ idempotencyKey: newId(), shiftId, denominations: notes({ 5000: 1, 2000: 2 }) })
    const office = suite.client(ShiftService, supervisorOf(tenantId))
    const order = { agentUserId: agent.userId, firstDate: '2026-11-20', lastDate: '2026-11-20', currencyCode: 'RWF' }
    const { statement } = await office.getAgencyStatement(order)
    expect(statement).toMatchObject({
      shifts: [{ shiftId, sales: { units: 9_000n }, overShort: { units: 0n } }],
      sales: { units: 9_000n },
      saleCount: 2,
      refunds: { units: 0n },
      broughtForward: { units: 0n },
      commission: { units: 225n },
      paid: { units: 0n },
      due: { units: 225n },
    })
    const next = { ...order, firstDate: '2026-11-21', lastDate: '2026-11-30' }
    const later = (await office.getAgencyStatement(next)).statement
    expect(later).toMatchObject({ shifts: [], broughtForward: { units: 225n }, due: { units: 225n } })
    const csv = await office.exportAgencyStatement({ ...order, format: Format.CSV })
    const lines = Buffer.from(csv.content).toString('utf8').split('\r\n')
    expect(lines[1]).toMatch(new RegExp(`^${shiftId},2026-11-20T.*,,9000,0,0,0,$`))
    expect(lines).toContain('due,,,,,,,225')
    const paper = await office.exportAgencyStatement({ ...order, format: Format.PDF })
    const { text } = await extractText(new Uint8Array(paper.content), { mergePages: true })
    for (const part of ['Agency statement', '9,000', '225']) expect(text).toContain(part)
    const backwards = office.getAgencyStatement({ ...order, lastDate: '2026-11-19' })
    expect(await refusal(backwards)).toBe('DATE_INVALID')
    expect(await refusal(office.getAgencyStatement({ ...order, firstDate: '2026-02-30' }))).toBe('DATE_INVALID')
    const strangers = suite.client(ShiftService, supervisorOf(newId()))
    expect((await strangers.getAgencyStatement(order)).statement).toMatchObject({ shifts: [], due: { units: 0n } })

    // Who has sold travels with what is to be paid, so that any way to pay earns: staff and agencies, not who serve themselves.
    const agency: Who = { ...passenger(), tenantId, audience: 'partner' }
    const sellers = [passenger(), agent, agency, agentOf(newId())].map(async (who, i) => {
      const { booking } = await suite.client(TicketingService, who).holdSeats(holdOf(tripId!, `${5 + i}A`))
      const [row] = await suite.sql('payment')`
        select seller_user_id from payment_intent where payment_intent_id = ${booking!.paymentIntentId}`
      return row?.['seller_user_id'] as string | null
    })
    expect(await Promise.all(sellers)).toEqual([null, agent.userId, agency.userId, null])
  },
  { timeoutMs: 90_000 },
)
