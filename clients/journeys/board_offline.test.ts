import { expect } from 'vitest'
import { extractText } from 'unpdf'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { RenderQrCodeRequest_Format as PictureFormat } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { type Booking, Ticket_State as TicketState } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { BoardingService, ExportManifestRequest_Format as Format } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { ScanConflictFoundSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { ScanResult } from '#gen/tms/ticketing/v1/scan_pb.ts'
import { LuggageItem_State as LuggageState, LuggageMove } from '#gen/tms/ticketing/v1/luggage_pb.ts'
import { placements, type Suite } from '#kit/testing'
import { identity } from '../../services/identity.ts'
import { loadServices, serviceNames } from '../../services/roster.ts'
import { type CheckerOptions, TicketChecker } from '../sdk/src/boarding/index.ts'
import { memoryStorage, type Tms, type TmsStorage } from '../sdk/src/node.ts'
import { type Company, openCompany, PASSWORD } from './testing/world/companies.ts'
import { type Town, townWithGateway } from './testing/world/front_door.ts'
import { ikirezi } from './testing/world/line.ts'
import { confirmed, holdSeats } from './testing/world/passenger.ts'
import { scan } from './testing/world/scanner.ts'

const services = await loadServices(serviceNames)

/** Where the bus stands no call gets through. */
const noNetwork: CheckerOptions['tms'] = (() => {
  const refuse = () => Promise.reject(new Error('there is no network'))
  const silent = new Proxy({}, { get: () => refuse })
  return { boarding: silent as Tms['boarding'], qr: silent as Tms['qr'] }
})()

/** The server takes a call, and its answer is lost on the way. */
function losingAnswers(tms: Tms): CheckerOptions['tms'] {
  const uploadScans: Tms['boarding']['uploadScans'] = async (request) => {
    await tms.boarding.uploadScans(request)
    throw new Error('the answer was lost')
  }
  return { boarding: { ...tms.boarding, uploadScans }, qr: tms.qr }
}

async function buy(suite: Suite, town: Town, company: Company, seats: Record<string, string>): Promise<Booking> {
  const guest = town.device()
  await guest.session.asGuest()
  const held = await holdSeats(guest, { tripId: company.tripId }, '+250788123456', seats)
  const { paymentIntentId } = held
  const counter = suite.client(PaymentService, company.manager)
  await counter.confirmPaymentIntent({ paymentIntentId, method: Method.CASH, idempotencyKey: guest.newId() })
  return confirmed(suite, guest, held)
}

/** A device of the driver of the trip. */
async function driverDevice(town: Town, { tenantId }: Company): Promise<Tms> {
  const device = town.device()
  await device.session.signIn({ phone: ikirezi.phones.driver }, PASSWORD, { tenantId })
  return device
}

const codeOf = (booking: Booking, position = 0) => booking.passengers[position]!.ticket!.code

placements(
  'two devices board one bus without a network, and find out afterwards that one ticket got two people on [S2-94]',
  services,
  async (suite, town) => {
    const company = await openCompany(suite, ikirezi)
    const pair = await buy(suite, town, company, { '2A': 'Éric Ng’ombe', '2B': 'Aline Uwase' })
    const given = await buy(suite, town, company, { '2C': 'Bosco Nkurunziza' })
    await suite.client(BoardingService, company.manager).setBoardingRules({ rules: { releaseNoShows: true } })

    // In the yard there is a network.
    const [front, rear] = [await driverDevice(town, company), await driverDevice(town, company)]
    const { tripId } = company
    const clock = () => new Date(suite.clock.now().getTime() - 86_400_000) // wrong by a day, which harms nothing
    const [frontStorage, rearStorage] = [memoryStorage(), memoryStorage()]
    const checkerOf = (tms: CheckerOptions['tms'], storage: TmsStorage, deviceId: string) =>
      TicketChecker.open({ tms, storage, deviceId, now: clock })
    const yard = await checkerOf(front, frontStorage, 'front')
    expect((await yard.prepare(tripId)).passengers).toHaveLength(3)
    await suite.client(BoardingService, company.manager).getManifest({ tripId })
    const cancelling = town.deviceWith(await suite.token(company.manager))
    await cancelling.ticketing.cancelBooking({ idempotencyKey: cancelling.newId(), bookingId: given.bookingId })
    await suite.settle()
    await (await checkerOf(rear, rearStorage, 'rear')).prepare(tripId)
    const late = await buy(suite, town, company, { '2D': 'Diane Keza' }) // after the devices were told

    // On the road there is none; both devices were switched off and on again.
    const doorOf = async (storage: TmsStorage, deviceId: string) => checkerOf(noNetwork, storage, deviceId)
    const atFront = await doorOf(frontStorage, 'front')
    const atRear = await doorOf(rearStorage, 'rear')
    expect(await atFront.board(codeOf(pair), 0)).toMatchObject({
      result: 'VALID',
      ticket: { passengerName: 'Éric Ng’ombe', seatLabel: '2A' },
      passenger: { entry: { phone: '+2507•••••56' } },
    })
    const twoFingers = await Promise.all([atFront.board(codeOf(pair, 1), 0), atFront.board(codeOf(pair, 1), 0)])
    expect(twoFingers.map(({ result }) => result)).toEqual(['VALID', 'ALREADY_BOARDED'])
    expect((await atFront.board(codeOf(late), 0)).passenger).toBeUndefined()
    expect((await atRear.board(codeOf(given), 0)).result).toBe('REVOKED')
    const changed = codeOf(pair).replace(
      /^(.{61})(...)/,
      (_, start: string, three: string) => start + (three === '000' ? '111' : '000'),
    )
    expect((await atRear.board(changed, 0)).result).toBe('TAMPERED')
    expect((await atRear.board(codeOf(pair), 2)).result).toBe('WRONG_LEG')
    const byHand = pair.passengers[0]!.ticket!.ticketId
    expect((await atRear.boardByHand(byHand, 0)).result).toBe('VALID') // a friend with a copy of the ticket
    expect((await atRear.boardByHand(byHand, 0)).result).toBe('ALREADY_BOARDED')
    expect((await atRear.boardByHand(front.newId(), 0)).result).toBe('NOT_ON_MANIFEST')
    const again = await doorOf(frontStorage, 'front')
    expect([again.pending, atRear.pending]).toEqual([3, 1])
    expect((await again.board(codeOf(pair), 0)).result).toBe('ALREADY_BOARDED')
    await expect(again.upload()).rejects.toThrow('no network')
    expect(again.pending).toBe(3)

    // Meanwhile the office saw nobody board, and the trip left: the seats were given up.
    await suite.client(BoardingService, company.manager).leaveStop({ tripId, stopSequence: 0 })

    // The network is back, and fails once more in the middle.
    const cut = await checkerOf(losingAnswers(front), frontStorage, 'front')
    await expect(cut.upload()).rejects.toThrow('lost')
    const whole = await checkerOf(front, frontStorage, 'front')
    expect(await whole.upload()).toEqual({ uploaded: 3, conflicts: [] })
    const second = await (await checkerOf(rear, rearStorage, 'rear')).upload()
    expect(second).toMatchObject({ uploaded: 1, conflicts: [{ ticketId: byHand, result: ScanResult.DOUBLE }] })
    expect((await checkerOf(noNetwork, rearStorage, 'rear')).pending).toBe(0)

    // Everybody who sat in the bus counts as boarded, and the office knows of the copy.
    const office = town.deviceWith(await suite.token(company.manager))
    const { conflicts } = await office.boarding.listScanConflicts({ tripId })
    expect(conflicts).toMatchObject([
      {
        passengerName: 'Éric Ng’ombe',
        result: ScanResult.DOUBLE,
        scan: { deviceId: 'rear', userId: company.driverId },
        firstScan: { deviceId: 'front', userId: company.driverId },
      },
    ])
    expect(await suite.published(ScanConflictFoundSchema)).toHaveLength(1)
    const { manifest } = await office.boarding.getManifest({ tripId })
    expect(manifest).toMatchObject({ driverUserId: company.driverId, driverName: 'Staff' })
    expect(manifest?.passengers.map(({ entry }) => entry?.ticket?.state)).toEqual([
      TicketState.BOARDED,
      TicketState.BOARDED,
      TicketState.BOARDED,
    ])
    const { content } = await office.boarding.exportManifest({ tripId, format: Format.PDF, language: 'rw' })
    const { text } = await extractText(new Uint8Array(content), { mergePages: true })
    expect(text.replace(/\s+/g, ' ')).toContain(`Bisi: ${ikirezi.plate} Umushoferi: Staff`)
    await carryParcel(suite, town, company, office)
  },
  { ...identity, now: new Date().toISOString(), outside: townWithGateway, placements: ['memory'], timeoutMs: 60_000 },
)

/** A parcel goes with the bus: its recipient hears of it twice, in Kinyarwanda, and fetches it for the code. */
async function carryParcel(suite: Suite, town: Town, { tripId }: Company, office: Tms): Promise<void> {
  await office.boarding.setBoardingRules({ rules: { parcelFee: { currencyCode: 'RWF', units: 1_500n } } })
  const phone = '+250788100907'
  const { item } = await office.luggage.registerParcel({
    ...{ registrationId: office.newId(), tripId, fromSequence: 0, toSequence: 2, collectCash: true },
    sender: { name: 'Jean Bosco', phone: '+250788100908' },
    recipient: { name: 'Chantal Uwera', phone, language: 'rw' },
    piece: { description: 'box' },
  })
  const { image } = await office.qr.renderQrCode({ code: item!.tagCode, format: PictureFormat.PNG, sizePixels: 500 })
  const found = await office.luggage.getLuggage({ piece: { case: 'tagCode', value: scan(image) } })
  const { itemId = '' } = found.item ?? {}
  expect(found.item).toMatchObject({ itemId: item!.itemId, paid: true, recipientPhone: phone })
  await office.luggage.moveLuggage({ itemId, move: LuggageMove.LOAD, stopSequence: 0 })
  await office.luggage.moveLuggage({ itemId, move: LuggageMove.UNLOAD, stopSequence: 2 })
  await suite.settle()
  const texts = town.sandbox.messages(phone).map((message) => message.text)
  expect(texts).toHaveLength(2)
  const parcel = `umuzigo ${item!.tagNumber} woherejwe na Jean Bosco`
  expect(texts.filter((text) => text.includes(`${parcel} uri mu nzira`))).toHaveLength(1)
  const arrival = texts.find((text) => text.includes(`${parcel} wageze`)) ?? ''
  const pickupCode = /kode uwufate: (\d{6})$/.exec(arrival)?.[1] ?? ''
  const fetched = await office.luggage.moveLuggage({
    ...{ itemId, pickupCode, move: LuggageMove.HAND_OVER, stopSequence: 2 },
  })
  expect(fetched.item?.state).toBe(LuggageState.HANDED_OVER)
}
