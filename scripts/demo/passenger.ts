import jsQR from 'jsqr'
import { PNG } from 'pngjs'
import { type Booking, Booking_State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { MapSeat_State, type TripOffer } from '#gen/tms/ticketing/v1/trip_offer_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { Method, PaymentIntent_State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { RenderQrCodeRequest_Format } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { reasonOf, type Tms } from '../../clients/sdk/src/node.ts'
import { platformPeople } from '../../deploy/demo/companies.ts'
import type { Phone } from './phone.ts'
import { eventually, prove } from './story.ts'

const contactPhone = platformPeople.find(({ role }) => role === 'passenger')?.phone ?? ''

/** Searches by typed text; the first trip with a free standard seat. */
export async function find(tms: Tms, from: string, to: string, serviceDate: string) {
  const { offers } = await tms.ticketing.searchTrips({
    origin: { place: { case: 'text', value: from } },
    destination: { place: { case: 'text', value: to } },
    serviceDate,
  })
  const offer = offers.find(({ classes }) =>
    classes.some(({ seatClass, freeSeats, price }) => seatClass === SeatClass.STANDARD && freeSeats > 1 && price),
  )
  prove(offer !== undefined, `no trip from ${from} to ${to} on ${serviceDate}`)
  const times = `${offer.origin?.stopName ?? ''} to ${offer.destination?.stopName ?? ''}`
  return [offer, `${offers.length} trips on ${serviceDate}; the first: ${offer.companyName}, ${times}`] as const
}

function ride(offer: TripOffer) {
  return {
    tripId: offer.tripId,
    fromSequence: offer.origin?.sequence ?? 0,
    toSequence: offer.destination?.sequence ?? 0,
  }
}

async function freeSeat(tms: Tms, offer: TripOffer): Promise<string> {
  const { seats } = await tms.ticketing.getSeatMap(ride(offer))
  const free = seats.find((seat) => seat.state === MapSeat_State.FREE && seat.seatClass === SeatClass.STANDARD)
  prove(free !== undefined, 'the seat map shows no free standard seat')
  return free.label
}

/** Holds one standard seat. */
export async function hold(tms: Tms, offer: TripOffer) {
  const request = {
    ...ride(offer),
    bookingId: tms.newId(),
    passengers: [{ name: 'Aline Uwase', seatLabel: await freeSeat(tms, offer) }],
    contact: { phone: contactPhone, language: 'rw' },
  }
  const { booking } = await tms.ticketing.holdSeats(request)
  const again = await tms.ticketing.holdSeats(request)
  prove(booking !== undefined && again.booking?.fence === booking.fence, 'the second click held another seat')
  const seconds = Number(booking.holdExpireTime?.seconds ?? 0n) - Math.floor(Date.now() / 1_000)
  const price = `${booking.total?.units ?? 0n} ${booking.total?.currencyCode ?? ''}`
  return [
    booking,
    `${booking.bookingCode}, seat ${booking.passengers[0]?.seatLabel ?? ''}, ${price}, ${seconds} s to pay; a second click changed nothing`,
  ] as const
}

/** Somebody else wants a seat that is held. */
export async function otherRider(tms: Tms, offer: TripOffer, booking: Booking) {
  await tms.session.asGuest()
  const seatLabel = booking.passengers[0]?.seatLabel ?? ''
  const reason = await tms.ticketing
    .holdSeats({
      ...ride(offer),
      bookingId: tms.newId(),
      passengers: [{ name: 'Guest', seatLabel }],
      contact: { phone: '+250788000199', language: 'en' },
    })
    .then(() => 'nothing', reasonOf)
  prove(reason === 'SEAT_TAKEN', `the seat was refused with ${reason ?? 'no reason'}`)
  return [undefined, `refused with ${reason}`] as const
}

/** Pays: the first prompt is declined, the second approved. */
export async function pay(tms: Tms, booking: Booking, phone: Phone) {
  await phone.clear()
  await press(tms, booking, 'first')
  await phone.decline()
  await eventually('the decline', async () => {
    const { paymentIntent } = await tms.payment.getPaymentIntent({ paymentIntentId: booking.paymentIntentId })
    return paymentIntent?.state === PaymentIntent_State.REQUIRES_PAYMENT ? true : undefined
  })
  await press(tms, booking, 'second')
  const amount = await phone.approve()
  for await (const { state } of tms.watchPayment(booking.paymentIntentId)) {
    if (state === PaymentIntent_State.SUCCEEDED) break
  }
  prove(BigInt(amount) === booking.total?.units, `the phone was asked for ${amount}`)
  return [undefined, `the phone was asked for exactly ${amount}; the page turned by itself when it was paid`] as const
}

function press(tms: Tms, { paymentIntentId }: Booking, press: string) {
  return tms.withKey(`pay ${paymentIntentId} ${press}`, (idempotencyKey) =>
    tms.payment.confirmPaymentIntent({ paymentIntentId, method: Method.MPESA, phone: contactPhone, idempotencyKey }),
  )
}

/** Waits for the signed ticket of a paid booking. */
export async function ticketed(tms: Tms, bookingId: string) {
  const booking = await eventually('the ticket', async () => {
    const { booking: seen } = await tms.ticketing.getBooking({ bookingId })
    return seen?.state === Booking_State.CONFIRMED && seen.passengers[0]?.ticket?.code ? seen : undefined
  })
  const ticket = booking.passengers[0]?.ticket
  prove(ticket !== undefined, 'the booking has no ticket')
  return [ticket, `ticket ${ticket.ticketNumber}, ${ticket.code.length} characters, signed twice`] as const
}

/** Draws a code and reads the drawing. */
export async function codesIn(tms: Tms, code: string) {
  const { image } = await tms.qr.renderQrCode({ code, format: RenderQrCodeRequest_Format.PNG, sizePixels: 600 })
  const { data, width, height } = PNG.sync.read(Buffer.from(image))
  const read = jsQR.default(new Uint8ClampedArray(data), width, height)
  prove(read?.data === code, 'the drawing reads otherwise')
  return [undefined, `${width} x ${height} pixels, ${image.length} bytes of PNG`] as const
}

/** Buys another seat and cancels it again. */
export async function buy(tms: Tms, offer: TripOffer, phone: Phone, _outcome: 'cancelled') {
  const [booking] = await hold(tms, offer)
  await press(tms, booking, 'only')
  await phone.approve()
  await ticketed(tms, booking.bookingId)
  await tms.ticketing.cancelBooking({
    bookingId: booking.bookingId,
    idempotencyKey: tms.newId(),
    reason: 'cannot travel',
  })
  const refunded = await eventually('the refund', async () => {
    const { paymentIntent } = await tms.payment.getPaymentIntent({ paymentIntentId: booking.paymentIntentId })
    return paymentIntent?.refundedAmount?.units === booking.total?.units ? paymentIntent : undefined
  })
  const { seats } = await tms.ticketing.getSeatMap(ride(offer))
  const seat = seats.find(({ label }) => label === booking.passengers[0]?.seatLabel)
  prove(seat?.state === MapSeat_State.FREE, 'the seat is not free again')
  return [
    undefined,
    `${refunded.refundedAmount?.units ?? 0n} RWF reversed by M-Pesa, the ticket void, the seat free`,
  ] as const
}
