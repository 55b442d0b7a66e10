import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { AgeGroup, SalesChannel } from '#gen/tms/company/v1/sales_terms_pb.ts'
import { Booking_State as State, Ticket_State as TicketState } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { conductor } from './testing/crew.ts'
import { doubleSales } from './testing/faults.ts'
import { coachSeats, newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { holdOf, passenger, refusal, staff } from './testing/people.ts'
import { addsUp, percent, rule, rwf, setTerms } from './testing/terms.ts'

placements(
  'at the door a seat costs what it costs at a counter, by rules and levels, for who travels; levels keep their seats however many sell at once',
  [ticketing, payment, qr],
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const seats = coachSeats().slice(4, 14)
    const [tripId = ''] = await putOnSale(suite, tripOf(company, { seats }))
    await setTerms(suite, tenantId, 1n, {
      priceRules: [
        rule('counter', { case: 'amount', value: rwf(-200) }, { channels: [SalesChannel.COUNTER] }),
        rule('online', percent(-9_000), { channels: [SalesChannel.WEB] }),
        rule('child', percent(-5_000), { ageGroups: [AgeGroup.CHILD] }),
        rule('senior', { case: 'fixedPrice', value: rwf(0) }, { ageGroups: [AgeGroup.SENIOR] }),
      ],
      protectionLevels: [
        { levelCode: 'saver', name: 'Saver', discountBasisPoints: 1_000, protectedPercent: 30 },
        { levelCode: 'early', name: 'Early', discountBasisPoints: 2_000, protectedPercent: 70 },
      ],
    })
    const crew = suite.client(BoardingService, conductor(tenantId))
    const sell = async (ageGroup: AgeGroup, seatLabel = '', told?: number) => {
      const passengers = [{ name: 'Walk-up', seatLabel, ageGroup }]
      const expected = told === undefined ? {} : { expectedTotal: rwf(told) }
      const ride = { tripId, fromSequence: 0, toSequence: 3 }
      const { booking } = await crew.sellAtDoor({ ...ride, bookingId: newId(), passengers, ...expected })
      return booking!
    }
    // What a clerk with a network would take for the same seat at this moment.
    const clerk = staff(tenantId)
    const desk = suite.client(TicketingService, {
      ...clerk,
      permissions: [...(clerk.permissions ?? []), 'ticketing.sales.create'],
    })
    const asked = await desk.quoteFare({ tripId, fromSequence: 0, toSequence: 3, seatLabels: ['3A'] })
    const first = await sell(AgeGroup.UNSPECIFIED, '3A', 2_240)
    expect(first).toMatchObject({ total: asked.total!, salesChannel: SalesChannel.COUNTER })
    expect(addsUp(first)).toBe(true)
    const child = await sell(AgeGroup.CHILD)
    expect(child).toMatchObject({ total: rwf(1_120), passengers: [{ ageGroup: AgeGroup.CHILD }] })
    // Whoever rides for nothing pays nothing, and is on board all the same.
    const senior = await sell(AgeGroup.SENIOR)
    expect(senior).toMatchObject({ state: State.CONFIRMED, total: rwf(0) })
    expect(senior.passengers[0]!.ticket?.state).toBe(TicketState.BOARDED)

    // The three cheapest are sold: what was told a moment ago is not the price any more.
    expect(await refusal(sell(AgeGroup.ADULT, '', 2_240))).toBe('FARE_CHANGED')
    // Four at the next level are left, for two doors and the web together.
    const web = suite.client(TicketingService, passenger())
    const online = ['5A', '5B'].map((label) => web.holdSeats(holdOf(tripId, label)).catch(() => undefined))
    const sold = await Promise.allSettled(Array.from({ length: 7 }, () => sell(AgeGroup.ADULT)))
    const prices = sold.flatMap((one) => (one.status === 'fulfilled' ? [Number(one.value.total!.units)] : []))
    const held = (await Promise.all(online)).flatMap((one) => one?.booking?.passengers ?? [])
    const savers = held.filter(({ priceLines }) => priceLines.some(({ code }) => code === 'saver')).length
    expect(prices.every((price) => price === 2_520 || price === 2_800)).toBe(true)
    expect(prices.filter((price) => price === 2_520).length + savers).toBeLessThanOrEqual(4)
    expect(prices.length + held.length).toBeGreaterThan(4)
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)
    await suite.settle()
    const [cash] = await suite.sql('payment')<{ minor: string }[]>`
      select sum(amount_minor) as minor from journal_transfer where debit_kind = 'CASH'`
    expect(Number(cash!.minor)).toBe(prices.reduce((sum, price) => sum + price, 2_240 + 1_120))
  },
  { placements: ['memory'], timeoutMs: 90_000 },
)
