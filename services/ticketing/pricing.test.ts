import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { AgeGroup, PriceRule_Kind as Kind, Residency, SalesChannel } from '#gen/tms/company/v1/sales_terms_pb.ts'
import { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import { Booking_State as State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { PriceLine_Kind as Line } from '#gen/tms/ticketing/v1/price_pb.ts'
import { PromotionService } from '#gen/tms/ticketing/v1/promotion_service_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { coachSeats, newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, held, holdOf, passenger, pay, refusal, staff } from './testing/people.ts'
import { addsUp, percent, rule, rwf, setTerms } from './testing/terms.ts'

const suiteOf = [ticketing, payment, qr]
/** Many calls at once: on a busy machine that takes its time. */
const patient = { timeoutMs: 120_000 }
placements(
  'rules by season, age, residence and channel price a ride alike wherever it is shown, to the franc, and its breakdown adds up',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [tripId] = await putOnSale(suite, tripOf(company))
    await setTerms(suite, tenantId, 1n, {
      priceRules: [
        rule('friday', percent(1_050), { weekdays: [5], group: 'day' }),
        rule('november', percent(9_000), { firstDate: '2026-11-01', lastDate: '2026-11-30', group: 'day' }),
        rule('child', percent(-5_000), { ageGroups: [AgeGroup.CHILD] }),
        rule('visitor', { case: 'amount', value: rwf(500) }, { residencies: [Residency.VISITOR] }),
        rule('counter', { case: 'amount', value: rwf(-200) }, { channels: [SalesChannel.COUNTER] }),
        rule('service', { case: 'amount', value: rwf(30) }, { kind: Kind.FEE }),
      ],
      priceStep: rwf(50),
    })
    const desk = suite.client(TicketingService, passenger())
    // 3,000 + 10.5 % = 3,315, to the step 3,300, and the fee.
    const [origin, destination] = ['Kigali', 'Huye'].map((value) => ({ place: { case: 'text' as const, value } }))
    const day = { origin: origin!, destination: destination! }
    const { offers } = await desk.searchTrips({ ...day, serviceDate: '2026-11-20' })
    const shown = (classes: { seatClass: number; price?: object }[]) => classes.find(({ seatClass }) => seatClass === 1)
    expect(shown(offers[0]!.classes)?.price).toMatchObject(rwf(3_330))
    const { days } = await desk.listDayFares({ ...day, firstDate: '2026-11-20' })
    expect(days[0]?.lowestFare).toMatchObject(rwf(3_330))
    const { connections } = await desk.listConnections({})
    expect(connections.find((one) => one.destinationTown === 'Huye' && one.originTown === 'Kigali')).toMatchObject({
      lowestFare: rwf(3_330),
      sellers: [{ lowestFare: rwf(3_330) }],
    })
    const ride = { tripId: tripId!, fromSequence: 0, toSequence: 3 }
    expect(shown((await desk.getSeatMap(ride)).classes)?.price).toMatchObject(rwf(3_330))

    const travellers = [{}, { ageGroup: AgeGroup.CHILD, residency: Residency.VISITOR }]
    const quote = await desk.quoteFare({ ...ride, seatLabels: ['3A', '3B'], travellers })
    // 3,315 less 1,657.5, rounded to 1,658, + 500 = 2,157, to the step 2,150, and the fee.
    expect(quote.lines.map(({ price }) => Number(price!.units))).toEqual([3_330, 2_180])
    expect(quote.lines[1]!.priceLines.map(({ kind, code, amount }) => [kind, code, Number(amount!.units)])).toEqual([
      [Line.BASE, '', 3_000],
      [Line.RULE, 'friday', 315],
      [Line.RULE, 'child', -1_658],
      [Line.RULE, 'visitor', 500],
      [Line.ROUNDING, '', -7],
      [Line.FEE, 'service', 30],
    ])
    const hold = holdOf(tripId!, '3A 3B')
    const passengers = hold.passengers.map((one, i) => ({ ...one, ...travellers[i] }))
    const { booking } = await desk.holdSeats({ ...hold, passengers, expectedTotal: quote.total! })
    expect(booking).toMatchObject({ total: rwf(5_510), salesChannel: SalesChannel.WEB })
    expect(booking!.passengers[1]).toMatchObject({ ageGroup: AgeGroup.CHILD, residency: Residency.VISITOR })
    expect(addsUp(booking!)).toBe(true)
    await pay(suite, booking!)
    expect(addsUp((await desk.getBooking({ bookingId: hold.bookingId })).booking!)).toBe(true)

    const seller = staff(tenantId)
    const counter = suite.client(TicketingService, {
      ...seller,
      permissions: [...(seller.permissions ?? []), 'ticketing.sales.create'],
    })
    const sold = await held(counter, holdOf(tripId!, '4A'))
    expect(sold).toMatchObject({ total: rwf(3_130), salesChannel: SalesChannel.COUNTER })
  },
)

placements(
  'a booking is changed and cancelled by the terms that it was sold under, whatever was set since',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [tripId, later] = await putOnSale(suite, tripOf(company), tripOf(company, { leaves: 15 * 3_600 }))
    const who = passenger()
    const terms = {
      refundBands: [
        { hoursBefore: 1, refundBasisPoints: 5_000 },
        { hoursBefore: 24, refundBasisPoints: 9_000 },
      ],
      changeBands: [{ hoursBefore: 1, feeBasisPoints: 1_000, feePerPassenger: rwf(100) }],
      openTicketDays: 10,
    }
    await setTerms(suite, tenantId, 1n, terms)
    const old = await bought(suite, who, holdOf(tripId!, '9A'))
    await setTerms(suite, tenantId, 2n, { ...terms, changeBands: [{ hoursBefore: 48 }], openTicketDays: 0 })
    const strict = await bought(suite, who, holdOf(tripId!, '9B'))

    const desk = suite.client(BookingChangeService, who)
    const ride = { tripId: later!, fromSequence: 0, toSequence: 3, seatLabels: ['9A'] }
    const { quote } = await desk.quoteChange({ bookingId: old.bookingId, ride })
    expect(quote).toMatchObject({ fee: rwf(400), amountDue: rwf(400), refund: rwf(0) })
    expect(await refusal(desk.quoteChange({ bookingId: strict.bookingId, ride }))).toBe('CHANGE_TOO_LATE')
    const byStaff = suite.client(BookingChangeService, staff(tenantId))
    const waived = await byStaff.quoteChange({ bookingId: old.bookingId, ride, waiveFee: true })
    expect(waived.quote).toMatchObject({ fee: rwf(0), amountDue: rwf(0) })
    const own = await desk.quoteChange({ bookingId: old.bookingId, ride, waiveFee: true })
    expect(own.quote).toMatchObject({ fee: rwf(400) })
    expect(await desk.quoteOpening({ bookingId: old.bookingId })).toMatchObject({ value: rwf(2_600), fee: rwf(400) })
    const tickets = suite.client(TicketingService, who)
    expect(await tickets.quoteCancellation({ bookingId: old.bookingId })).toMatchObject({ refund: rwf(1_500) })
    const { booking } = await desk.changeBooking({
      ...{ newBookingId: newId(), bookingId: old.bookingId, ride },
      ...{ expectedAmountDue: rwf(400), expectedRefund: rwf(0) },
    })
    await pay(suite, booking!)
    const { booking: changed } = await tickets.getBooking({ bookingId: booking!.bookingId })
    expect(changed).toMatchObject({ state: State.CONFIRMED, total: rwf(3_000), changeFee: rwf(400) })
  },
)

placements(
  'a quoted price is held for its minutes whatever the terms become, for just what was asked, and by nobody else’s hand',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company))
    const desk = suite.client(TicketingService, passenger())
    const ride = { tripId: tripId!, fromSequence: 0, toSequence: 3 }
    const { quoteToken } = await desk.quoteFare({ ...ride, seatLabels: ['3A'] })
    await setTerms(suite, company.tenantId, 1n, { priceRules: [rule('dear', percent(10_000))] })
    const hold = (labels: string, token = quoteToken) =>
      desk.holdSeats({ ...holdOf(tripId!, labels), quoteToken: token })
    expect(await refusal(hold('3B'))).toBe('QUOTE_INVALID')
    expect(await refusal(hold('3A', `${quoteToken.slice(0, -4)}AAAA`))).toBe('QUOTE_INVALID')
    const child = holdOf(tripId!, '3A')
    const passengers = child.passengers.map((one) => ({ ...one, ageGroup: AgeGroup.CHILD }))
    expect(await refusal(desk.holdSeats({ ...child, passengers, quoteToken }))).toBe('QUOTE_INVALID')
    const { booking } = await hold('3A')
    expect(booking?.total).toMatchObject(rwf(3_000))
    expect((await held(desk, holdOf(tripId!, '4A'))).total).toMatchObject(rwf(6_000))
    await desk.releaseHold({ bookingId: booking!.bookingId })
    suite.clock.advance({ minutes: 15 })
    expect(await refusal(hold('3A'))).toBe('QUOTE_EXPIRED')
  },
)

placements(
  'a voucher is redeemed once whoever races for it, given back by a hold that ends, and lost to whoever pays too late',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [tripId] = await putOnSale(suite, tripOf(company))
    const manager = suite.client(PromotionService, {
      ...{ userId: newId(), tenantId },
      permissions: ['ticketing.promotions.manage'],
    })
    const now = suite.clock.now()
    const promotion = {
      ...{ promotionId: newId(), name: 'Noël', codes: ['NOEL-1', 'noel-2'], maxRedemptionsPerCode: 1 },
      discount: { case: 'discountAmount' as const, value: rwf(1_000) },
      validFromTime: timestampFromDate(now),
      validUntilTime: timestampFromDate(new Date(now.getTime() + 86_400_000)),
    }
    await manager.createPromotion(promotion)
    expect(await refusal(manager.createPromotion({ ...promotion, promotionId: newId(), codes: ['NOEL-2'] }))).toBe(
      'CODE_TAKEN',
    )
    const desks = Array.from({ length: 20 }, () => suite.client(TicketingService, passenger()))
    const hold = (desk: (typeof desks)[number], label: string, promotionCode: string, phone = '+250788123456') => {
      const { contact, ...rest } = holdOf(tripId!, label)
      return desk.holdSeats({ ...rest, contact: { ...contact, phone }, promotionCode })
    }
    const labels = coachSeats()
      .slice(4)
      .map(({ label }) => label)
    const race = await Promise.allSettled(desks.map((desk, i) => hold(desk, labels[i]!, 'noel-1')))
    const won = race.flatMap((one) => (one.status === 'fulfilled' ? [one.value.booking!] : []))
    expect(won).toHaveLength(1)
    expect(won[0]).toMatchObject({ total: rwf(2_000), promotionCode: 'NOEL-1' })
    expect(addsUp(won[0]!)).toBe(true)
    const counted = async () => {
      const { codes } = await manager.listPromotionCodes({ promotionId: promotion.promotionId })
      return codes.map(({ redemptionCount }) => redemptionCount)
    }
    expect(await counted()).toEqual([1, 0])

    // The hold runs out, somebody else redeems the code, and then the first payment comes.
    suite.clock.advance({ minutes: 10 })
    await suite.runJob('ticketing', 'expire-holds')
    expect(await counted()).toEqual([0, 0])
    const next = await hold(desks[0]!, '12A', 'NOEL-1')
    suite.clock.set(now)
    await pay(suite, won[0]!)
    const [late] = await suite.sql('ticketing')<{ state: string; refunds: number }[]>`
      select state, (select count(*)::int from refund r where r.booking_id = b.booking_id) as refunds
      from booking b where booking_id = ${won[0]!.bookingId}`
    expect(late).toEqual({ state: 'EXPIRED', refunds: 1 })
    await pay(suite, next.booking!)
    expect(await counted()).toEqual([1, 0])
    await manager.endPromotion({ promotionId: promotion.promotionId })
    expect(await refusal(hold(desks[1]!, '11A', 'NOEL-2'))).toBe('PROMOTION_REFUSED')
    expect((await manager.listPromotions({})).promotions).toMatchObject([{ codeCount: 2, redemptionCount: 1n }])

    // One free ride for each phone: nothing is to be paid, so the tickets are there at once.
    await manager.createPromotion({
      ...{ ...promotion, promotionId: newId(), codes: ['FREE'], maxRedemptionsPerCode: 0, maxRedemptionsPerPerson: 1 },
      discount: { case: 'discountBasisPoints', value: 10_000 },
    })
    const free = await hold(desks[2]!, '10A', 'FREE')
    expect(free.booking).toMatchObject({ state: State.CONFIRMED, total: rwf(0) })
    expect(free.booking?.passengers[0]?.ticket?.code).not.toBe('')
    expect(await refusal(hold(desks[3]!, '10B', 'FREE'))).toBe('PROMOTION_REFUSED')
    const other = await hold(desks[3]!, '10B', 'FREE', '+250788999888')
    await suite.settle()
    const issued = (await suite.published(TicketIssuedSchema)).map(({ bookingId }) => bookingId)
    expect(issued).toEqual(expect.arrayContaining([free.booking!.bookingId, other.booking!.bookingId]))
  },
  patient,
)

placements(
  'a cheaper level leaves its seats to dearer ones on every leg, however many buy at once; who comes too late pays more',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const seats = coachSeats().slice(4, 14)
    const [tripId] = await putOnSale(suite, tripOf(company, { seats }))
    await setTerms(suite, company.tenantId, 1n, {
      protectionLevels: [
        { levelCode: 'saver', name: 'Saver', discountBasisPoints: 1_000, protectedPercent: 30 },
        { levelCode: 'early', name: 'Early', discountBasisPoints: 2_000, protectedPercent: 70 },
      ],
    })
    const buyer = async (label: string, legs: readonly [number, number]) => {
      const desk = suite.client(TicketingService, passenger())
      for (;;) {
        const ride = { tripId: tripId!, fromSequence: legs[0], toSequence: legs[1] }
        const { total } = await desk.quoteFare({ ...ride, seatLabels: [label] })
        const hold = { ...holdOf(tripId!, label, legs), expectedTotal: total! }
        const outcome = await desk.holdSeats(hold).catch((err: unknown) => err)
        if (!(outcome instanceof Error)) return
        const reason = await refusal(Promise.reject(outcome))
        if (!['FARE_SOLD_OUT', 'FARE_CHANGED'].includes(reason ?? '')) throw outcome
      }
    }
    // Every seat is bought from Kigali to Muhanga and from Muhanga to Huye, all at the same time.
    await Promise.all(seats.flatMap(({ label }) => [buyer(label, [0, 1]), buyer(label, [1, 3])]))
    const sold = await suite.sql('ticketing')<{ from_sequence: number; level: string; count: number }[]>`
      select b.from_sequence, coalesce(l ->> 'code', 'full') as level, count(*)::int from booking b
      join passenger p using (booking_id)
      left join lateral (select l from jsonb_array_elements(p.price_lines) l where l ->> 'kind' = 'LEVEL') l on true
      group by 1, 2 order by 1, 2`
    const count = (from: number, level: string) =>
      sold.find((row) => row.from_sequence === from && row.level === level)?.count ?? 0
    for (const from of [0, 1]) {
      expect(count(from, 'early')).toBeLessThanOrEqual(3)
      expect(count(from, 'early') + count(from, 'saver')).toBeLessThanOrEqual(7)
      expect(count(from, 'early') + count(from, 'saver') + count(from, 'full')).toBe(10)
    }
    expect(count(0, 'early')).toBeGreaterThan(0)
  },
  patient,
)
