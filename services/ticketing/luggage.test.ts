import { expect } from 'vitest'
import { metadataOf } from '#kit'
import { placements } from '#kit/testing'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { ParcelMovedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { LuggageItem_State as State, LuggageMove as Move } from '#gen/tms/ticketing/v1/luggage_pb.ts'
import { LuggageService } from '#gen/tms/ticketing/v1/luggage_service_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { conductor, dispatcher, driver, report } from './testing/crew.ts'
import { newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, holdOf, passenger, refusal, staff } from './testing/people.ts'

const francs = (units: bigint) => ({ currencyCode: 'RWF', units })

placements(
  'luggage goes after its passenger, by another bus or on to another stop: nothing is paid again, and nobody loses sight of it',
  [ticketing, payment, qr],
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [tripId = '', laterId = ''] = await putOnSale(suite, tripOf(company), tripOf(company, { leaves: 14 * 3_600 }))
    const who = passenger()
    const [goes, stays] = [
      await bought(suite, who, holdOf(tripId, '3A', [0, 2])),
      await bought(suite, passenger(), holdOf(tripId, '4A', [0, 3])),
    ]
    const crew = suite.client(LuggageService, conductor(tenantId))
    const rules = { freeLuggagePieces: 2, extraPieceFee: francs(500n), parcelFee: francs(2_000n) }
    await suite.client(BoardingService, dispatcher(tenantId)).setBoardingRules({ rules })
    const take = async ({ passengers }: typeof goes) => {
      const { ticketId } = passengers[0]!.ticket!
      const pieces = [{ description: 'bag' }, { description: 'box' }]
      return (await crew.registerLuggage({ registrationId: newId(), ticketId, pieces })).items.map(
        ({ itemId }) => itemId,
      )
    }
    const [mine, theirs] = [await take(goes), await take(stays)] as [[string, string], [string, string]]
    const stateOf = async (itemId: string) => (await crew.getLuggage({ piece: { case: 'itemId', value: itemId } })).item
    const load = (itemId: string, stopSequence = 0) => crew.moveLuggage({ itemId, move: Move.LOAD, stopSequence })
    const send = (itemIds: string[], way?: { tripId: string; fromSequence: number; toSequence: number }) =>
      crew.rerouteLuggage({ rerouteId: newId(), itemIds, ...(way && { way }), note: 'left behind' })

    // The passenger changes to a later bus: what was not loaded follows at once, what was loaded is taken out by the crew.
    await load(mine[0])
    const ride = { tripId: laterId, fromSequence: 0, toSequence: 1, seatLabels: ['3A'] }
    const desk = suite.client(BookingChangeService, who)
    const { quote } = await desk.quoteChange({ bookingId: goes.bookingId, ride })
    const { booking: changed } = await desk.changeBooking({
      ...{ newBookingId: newId(), bookingId: goes.bookingId, ride },
      ...{ expectedAmountDue: quote!.amountDue!, expectedRefund: quote!.refund! },
    })
    const there = { tripId: laterId, fromSequence: 0, toSequence: 1, bookingCode: changed!.bookingCode }
    expect(await stateOf(mine[1])).toMatchObject({ ...there, state: State.REGISTERED })
    expect(await stateOf(mine[0])).toMatchObject({ tripId, bookingCode: goes.bookingCode, state: State.LOADED })
    // A history is told in the order of its times, and the clock of a test stands still.
    suite.clock.advance({ seconds: 1 })
    const followed = await send([mine[0]])
    expect(followed.items).toMatchObject([{ ...there, state: State.REGISTERED, paid: true }])
    const { history } = await crew.getLuggage({ piece: { case: 'itemId', value: mine[0] } })
    expect(history).toMatchObject([{ move: Move.LOAD }, { move: Move.REROUTE, tripId: laterId, note: 'left behind' }])
    await load(mine[0])
    await crew.moveLuggage({ itemId: mine[0], move: Move.UNLOAD, stopSequence: 1 })
    const fetch = { itemId: mine[0], move: Move.HAND_OVER, stopSequence: 1 }
    expect(await refusal(crew.moveLuggage({ ...fetch, pickupCode: goes.bookingCode }))).toBe('PICKUP_CODE_WRONG')
    await crew.moveLuggage({ ...fetch, pickupCode: changed!.bookingCode })
    expect(await refusal(send([mine[0]], there))).toBe('LUGGAGE_STATE_WRONG')

    // A bag that was left behind goes by the next bus, and stays the passenger's who rode ahead; a repeat changes nothing.
    expect(await refusal(send(theirs))).toBe('LUGGAGE_PASSENGER_STAYS')
    const next = { tripId: laterId, fromSequence: 0, toSequence: 3 }
    const wish = { rerouteId: newId(), itemIds: [theirs[1], theirs[0]], way: next }
    const sent = await crew.rerouteLuggage(wish)
    expect(sent.items.map(({ itemId }) => itemId)).toEqual([theirs[1], theirs[0]])
    expect(sent.items).toMatchObject([next, next].map((way) => ({ ...way, bookingCode: stays.bookingCode })))
    await load(theirs[0])
    expect(await crew.rerouteLuggage(wish)).toEqual(sent)
    expect((await stateOf(theirs[0]))?.state).toBe(State.LOADED)
    const { items } = await crew.listLuggage({ tripId })
    expect(items).toEqual([])
    // Unloaded too early, it is sent on from there by the same bus.
    await crew.moveLuggage({ itemId: theirs[0], move: Move.LOSE, stopSequence: 1 })
    await crew.moveLuggage({ itemId: theirs[0], move: Move.FIND, stopSequence: 1 })
    await send([theirs[0]], { ...next, fromSequence: 1 })
    await load(theirs[0], 1)

    // All or none, and only where a bus still goes.
    const wrong: [string, Parameters<typeof send>][] = [
      ['LUGGAGE_UNKNOWN', [[theirs[1], newId()], next]],
      ['TRIP_UNKNOWN', [[theirs[1]], { ...next, tripId: newId() }]],
      ['LEGS_INVALID', [[theirs[1]], { ...next, fromSequence: 3 }]],
      ['LEGS_INVALID', [[theirs[1]], { ...next, toSequence: 9 }]],
    ]
    for (const [reason, asked] of wrong) expect([reason, await refusal(send(...asked))]).toEqual([reason, reason])
    await report(suite, tenantId, tripId, TripState.DEPARTED, 7n)
    expect(await refusal(send([theirs[1]], { ...next, tripId }))).toBe('TRIP_OVER')
    expect(await stateOf(theirs[1])).toMatchObject({ ...next, state: State.REGISTERED })
    const stranger = suite.client(LuggageService, driver(tenantId))
    const theft = stranger.rerouteLuggage({ rerouteId: newId(), itemIds: [theirs[1]], way: { ...next, toSequence: 2 } })
    expect(await refusal(theft)).toBe('NOT_YOUR_TRIP')
  },
  { placements: ['memory'] },
)

placements(
  'luggage beyond the free pieces is paid once, a parcel is handed over for its recipient’s code, and both carry a signed tag',
  [ticketing, payment, qr],
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [tripId = ''] = await putOnSale(suite, tripOf(company))
    const booking = await bought(suite, passenger(), holdOf(tripId, '3A 3B', [0, 2]))
    const [first, second] = booking.passengers.map(({ ticket }) => ticket!.ticketId) as [string, string]
    const seller = conductor(tenantId)
    const crew = suite.client(LuggageService, seller)
    const office = suite.client(LuggageService, dispatcher(tenantId))
    const pieces = (count: number) => Array.from({ length: count }, (_, i) => ({ description: `bag ${i + 1}` }))
    const register = (ticketId: string, count: number, collectCash: boolean) =>
      crew.registerLuggage({ registrationId: newId(), ticketId, pieces: pieces(count), collectCash })

    // Nothing is taken before the company says for how much.
    expect(await refusal(register(first, 1, true))).toBe('LUGGAGE_NOT_TAKEN')
    const rules = { freeLuggagePieces: 1, extraPieceFee: francs(500n), parcelFee: francs(2_000n) }
    await suite.client(BoardingService, dispatcher(tenantId)).setBoardingRules({ rules })
    const free = await register(first, 1, false)
    expect(free.items).toMatchObject([{ paid: true, paymentIntentId: '', ownerName: 'Passenger of 3A' }])

    // Two counters at once: of three more pieces none is free, and each registration is one payment.
    const [one, other] = await Promise.all([register(first, 1, true), register(first, 2, true)])
    expect(one.items).toMatchObject([{ paid: true, fee: francs(500n) }])
    expect(other.items.map(({ fee }) => fee?.units)).toEqual([1_000n, 1_000n])
    const ledger = suite.client(PaymentService, { ...seller, permissions: ['payment.reports.read'] })
    const paid = async () => (await ledger.listPaymentIntents({})).paymentIntents.map(({ amount }) => amount?.units)
    expect((await paid()).sort()).toEqual([1_000n, 4_000n, 500n].sort())

    // What is paid on the phone is loaded once the payment has come.
    const unpaid = (await register(second, 2, false)).items
    const [bag] = unpaid as [(typeof unpaid)[0]]
    const load = { itemId: bag.itemId, move: Move.LOAD, stopSequence: 0 }
    expect(await refusal(crew.moveLuggage(load))).toBe('LUGGAGE_UNPAID')
    const counter = suite.client(PaymentService, staff(tenantId))
    const { paymentIntentId } = bag
    await counter.confirmPaymentIntent({ paymentIntentId, method: Method.CASH, idempotencyKey: newId() })
    await suite.settle()

    // The tag tells which piece it is, to nobody else and not when it was changed.
    const { item, history } = await crew.getLuggage({ piece: { case: 'tagCode', value: bag.tagCode } })
    expect([item?.itemId, history]).toEqual([bag.itemId, []])
    const number = `${bag.tagNumber.slice(0, 4)}-${bag.tagNumber.slice(4).toLowerCase()}`
    expect((await crew.getLuggage({ piece: { case: 'tagNumber', value: number } })).item?.itemId).toBe(bag.itemId)
    const ticketCode = booking.passengers[0]!.ticket!.code
    for (const value of [bag.tagCode.replace(/.{3}$/, '000'), ticketCode, 'hello']) {
      expect(await refusal(crew.getLuggage({ piece: { case: 'tagCode', value } }))).toBe('LUGGAGE_UNKNOWN')
    }
    const rival = suite.client(LuggageService, conductor(newCompany().tenantId))
    expect(await refusal(rival.getLuggage({ piece: { case: 'tagCode', value: bag.tagCode } }))).toBe('LUGGAGE_UNKNOWN')
    expect(await refusal(rival.moveLuggage(load))).toBe('LUGGAGE_UNKNOWN')
    const stranger = suite.client(LuggageService, driver(tenantId))
    expect(await refusal(stranger.moveLuggage(load))).toBe('NOT_YOUR_TRIP')
    expect(await refusal(stranger.listLuggage({ tripId }))).toBe('NOT_YOUR_TRIP')
    const scanner = suite.client(QrService, seller)
    expect((await scanner.verifyLuggageTag({ code: bag.tagCode })).tag).toMatchObject({ itemId: bag.itemId, tenantId })

    // Loaded where it was taken in, unloaded where it goes, handed over for the booking's code.
    expect(await refusal(crew.moveLuggage({ ...load, stopSequence: 1 }))).toBe('LUGGAGE_STOP_WRONG')
    expect((await crew.moveLuggage({ ...load, deviceId: 'hold-1' })).item?.state).toBe(State.LOADED)
    expect(await refusal(crew.moveLuggage({ ...load, move: Move.CANCEL }))).toBe('LUGGAGE_STATE_WRONG')
    const lost = { ...load, move: Move.LOSE, stopSequence: 1, note: 'not in the hold' }
    expect((await crew.moveLuggage(lost)).item?.state).toBe(State.LOST)
    expect((await crew.moveLuggage({ ...load, move: Move.FIND, stopSequence: 2 })).item?.state).toBe(State.UNLOADED)
    const fetch = { itemId: bag.itemId, move: Move.HAND_OVER, stopSequence: 2 }
    const wrong = await crew.moveLuggage({ ...fetch, pickupCode: 'K7QM2XPA' }).catch((err: unknown) => err)
    expect(metadataOf(wrong)).toEqual({ attempts_left: '4' })
    expect((await crew.moveLuggage({ ...fetch, pickupCode: booking.bookingCode })).item?.state).toBe(State.HANDED_OVER)
    const seen = await crew.getLuggage({ piece: { case: 'itemId', value: bag.itemId } })
    expect(seen.history.map(({ move }) => move)).toEqual([Move.LOAD, Move.LOSE, Move.FIND, Move.HAND_OVER])
    expect(seen.history[0]).toMatchObject({ deviceId: 'hold-1', userId: seller.userId })

    // A parcel, from Kigali to Nyanza.
    const parcelOf = (fromSequence: number, toSequence: number) => ({
      registrationId: newId(),
      ...{ tripId, fromSequence, toSequence },
      sender: { name: 'Jean Bosco', phone: '+250788000111' },
      recipient: { name: 'Chantal Uwera', phone: '+250788000222', language: 'rw' },
      piece: { description: 'box' },
      collectCash: true,
    })
    expect(await refusal(crew.registerParcel(parcelOf(2, 1)))).toBe('LEGS_INVALID')
    const parcel = (await crew.registerParcel(parcelOf(0, 2))).item!
    expect(parcel).toMatchObject({ paid: true, fee: francs(2_000n), recipientPhone: '+2507•••••22', bookingCode: '' })
    const { items } = await office.listLuggage({ tripId, stopSequence: 0 })
    expect(items).toHaveLength(7)
    expect(items.find(({ itemId }) => itemId === parcel.itemId)?.recipientPhone).toBe('+250788000222')
    const { manifest } = await suite.client(BoardingService, seller).getManifest({ tripId })
    expect(manifest!.stops.map((stop) => [stop.loadingCount, stop.unloadingCount])).toEqual([
      [7, 0],
      [0, 0],
      [0, 7],
      [0, 0],
    ])
    expect(manifest!.passengers.map(({ luggageCount }) => luggageCount)).toEqual([4, 2])
    const box = { itemId: parcel.itemId, stopSequence: 2 }
    await crew.moveLuggage({ ...box, move: Move.LOAD, stopSequence: 0 })
    await crew.moveLuggage({ ...box, move: Move.UNLOAD })
    const told = await suite.published(ParcelMovedSchema)
    expect(told).toMatchObject([
      { arrived: false, pickupCode: '', senderName: 'Jean Bosco', notice: { phone: '+250788000222', language: 'rw' } },
      { arrived: true, itemId: parcel.itemId, notice: { destination: "Nyanza Ng'ombe" } },
    ])
    const code = told[1]!.pickupCode
    expect(code).toMatch(/^\d{6}$/)
    // Whoever guesses is stopped; the office hands it over.
    const guess = { ...box, move: Move.HAND_OVER, pickupCode: code === '000000' ? '000001' : '000000' }
    for (let i = 0; i < 5; i++) expect(await refusal(crew.moveLuggage(guess))).toBe('PICKUP_CODE_WRONG')
    expect(await refusal(crew.moveLuggage({ ...guess, pickupCode: code }))).toBe('PICKUP_CODE_LOCKED')
    expect((await office.moveLuggage({ ...guess, pickupCode: '' })).item?.state).toBe(State.HANDED_OVER)
    // One that does not travel.
    const spare = (await crew.registerParcel(parcelOf(0, 1))).item!
    expect((await crew.moveLuggage({ ...load, itemId: spare.itemId, move: Move.CANCEL })).item?.state).toBe(
      State.CANCELLED,
    )
  },
  { placements: ['network'] },
)
