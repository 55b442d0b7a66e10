import { metadataOf, newUuidV7, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { KeyRotatedSchema } from '#gen/tms/qr/v1/events_pb.ts'
import { QrService, RenderQrCodeRequest_Format as Format } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { VerificationResult, type TicketPayload } from '#gen/tms/qr/v1/ticket_pb.ts'
import { TicketBoardedSchema, TicketVoidedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import jsqr from 'jsqr'
import { PNG } from 'pngjs'
import { expect } from 'vitest'
import { checkOffline, importDeviceKeys } from './code/offline.ts'
import { decodeCode, encodeCode } from './code/ticket_code.ts'
import qr from './service.ts'
import { aliceTicket } from './testing/samples.ts'

const id = () => newUuidV7(Date.now())
const { tenantId, tripId, ticketId } = aliceTicket

const ticketing = (suite: Suite) => suite.peer(QrService, 'ticketing')
const driver = (suite: Suite, company = tenantId) =>
  suite.client(QrService, { userId: id(), tenantId: company, permissions: ['qr.tickets.verify'] })
const admin = (suite: Suite) => suite.client(QrService, { userId: id(), permissions: ['*'] })
const anybody = (suite: Suite) => suite.client(QrService)

async function sign(suite: Suite, payload: TicketPayload = aliceTicket): Promise<string> {
  const { tickets } = await ticketing(suite).signTickets({ payloads: [payload] })
  return tickets[0]?.code ?? ''
}

const verify = (suite: Suite, code: string, at: { tripId?: string; stopSequence?: number; company?: string } = {}) =>
  driver(suite, at.company).verifyTicket({ code, tripId: at.tripId ?? tripId, stopSequence: at.stopSequence ?? 0 })

const resultOf = async (answer: ReturnType<typeof verify>) => {
  const { result } = await answer
  return Object.entries(VerificationResult).find(([, value]) => value === result)?.[0]
}

async function reasonFor(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => undefined,
    (err: unknown) => reasonOf(err),
  )
}

placements(
  'a signed ticket is valid for its trip and shows the driver what was bought [S1-41]',
  [qr],
  async (suite) => {
    const code = await sign(suite)
    const answer = await verify(suite, code)
    expect(answer.result).toBe(VerificationResult.VALID)
    expect(answer.payload).toEqual(aliceTicket)
  },
)

placements('a ticket signed again gets its first code, also after the keys were turned over', [qr], async (suite) => {
  const code = await sign(suite)
  expect(await sign(suite, { ...aliceTicket, issueTime: undefined })).toBe(code)
  await admin(suite).rotateKeys({ idempotencyKey: id() })
  expect(await sign(suite)).toBe(code)
})

placements('sixty tickets are signed at once, in the order asked for', [qr], async (suite) => {
  const payloads = Array.from({ length: 60 }, (_, i) => ({ ...aliceTicket, ticketId: id(), seatLabel: `${i + 1}A` }))
  const { tickets } = await ticketing(suite).signTickets({ payloads })
  expect(tickets.map((ticket) => ticket.ticketId)).toEqual(payloads.map((payload) => payload.ticketId))
  expect(new Set(tickets.map((ticket) => ticket.code)).size).toBe(60)
  expect(await resultOf(verify(suite, tickets[59]?.code ?? ''))).toBe('VALID')
})

placements('a ticket that was signed cannot be signed with another seat class [S2-109]', [qr], async (suite) => {
  await sign(suite)
  expect(await reasonFor(sign(suite, { ...aliceTicket, seatClass: SeatClass.VIP }))).toBe('TICKET_CHANGED')
})

placements('a ticket for a day that does not exist is refused', [qr], async (suite) => {
  const refusal: unknown = await sign(suite, { ...aliceTicket, serviceDate: '2026-02-31' }).catch((err: unknown) => err)
  expect([reasonOf(refusal), metadataOf(refusal)]).toEqual(['TIME_UNREADABLE', { ticket_id: ticketId }])
})

placements('the driver hears why a code is not good [S1-41] [S2-49]', [qr], async (suite) => {
  const code = await sign(suite)
  expect(await resultOf(verify(suite, 'https://example.rw'))).toBe('MALFORMED')
  expect(await resultOf(verify(suite, withByteFlipped(code, 5)))).toBe('UNKNOWN_KEY')
  expect(await resultOf(verify(suite, withByteFlipped(code, 60)))).toBe('TAMPERED')
  expect(await resultOf(verify(suite, code, { tripId: id() }))).toBe('WRONG_TRIP')
  expect(await resultOf(verify(suite, code, { stopSequence: 3 }))).toBe('WRONG_LEG')
  suite.clock.advance({ days: 2 })
  expect(await resultOf(verify(suite, code))).toBe('EXPIRED')
})

placements('a driver of another company learns nothing about the passenger', [qr], async (suite) => {
  const answer = await verify(suite, await sign(suite), { company: id() })
  expect(answer.result).toBe(VerificationResult.WRONG_TRIP)
  expect(answer.payload).toBeUndefined()
})

placements('a ticket is boarded with once: after the event it is refused', [qr], async (suite) => {
  const code = await sign(suite)
  const boardTime = timestampFromDate(suite.clock.now())
  await suite.publish(TicketBoardedSchema, ticketId, { tenantId, ticketId, tripId, boardTime, stopSequence: 0 })
  await suite.settle()
  const answer = await verify(suite, code)
  expect(answer).toMatchObject({ result: VerificationResult.ALREADY_BOARDED, boardTime })
})

placements('a voided ticket is refused online, and devices are told of it in order', [qr], async (suite) => {
  const code = await sign(suite)
  const other = { ...aliceTicket, ticketId: id() }
  await sign(suite, other)
  await suite.publish(TicketVoidedSchema, ticketId, { tenantId, ticketId, tripId, reason: 'cancelled' })
  await suite.settle()
  expect(await verify(suite, code)).toMatchObject({ result: VerificationResult.REVOKED, revokeReason: 'cancelled' })

  await ticketing(suite).revokeTickets({ tenantId, ticketIds: [other.ticketId, ticketId], reason: 'reseated' })
  const first = await driver(suite).listRevocations({ pageSize: 1 })
  expect(first.revocations).toMatchObject([{ ticketId, version: 1n, reason: 'cancelled' }])
  const second = await driver(suite).listRevocations({ pageSize: 5, pageToken: first.nextPageToken })
  expect(second.revocations).toMatchObject([{ ticketId: other.ticketId, version: 2n, reason: 'reseated' }])
  expect(second).toMatchObject({ version: 2n, nextPageToken: '' })
  expect((await driver(suite).listRevocations({ afterVersion: 2n })).revocations).toEqual([])
  expect((await driver(suite, id()).listRevocations({})).revocations).toEqual([])
  const asTheirs = ticketing(suite).revokeTickets({ tenantId: id(), ticketIds: [ticketId], reason: 'cancelled' })
  expect(await reasonFor(asTheirs)).toBe('TICKET_CHANGED')

  suite.clock.advance({ days: 2 })
  expect(await driver(suite).listRevocations({})).toMatchObject({ revocations: [], version: 2n })
})

placements('tickets revoked at the same time get versions without a gap', [qr], async (suite) => {
  const ticketIds = Array.from({ length: 20 }, id)
  const revokeOne = (one: string) => ticketing(suite).revokeTickets({ tenantId, ticketIds: [one], reason: 'cancelled' })
  await Promise.all(ticketIds.map(revokeOne))
  const { revocations } = await driver(suite).listRevocations({})
  expect(revocations.map(({ version }) => Number(version))).toEqual(ticketIds.map((_, i) => i + 1))
})

placements('a new key signs, the old one verifies until its last ticket has expired', [qr], async (suite) => {
  const old = await sign(suite)
  const { macKeyId, verificationKey } = await admin(suite).rotateKeys({ idempotencyKey: id() })
  const fresh = await sign(suite, { ...aliceTicket, ticketId: id(), expireTime: timestampFromDate(days(suite, 30)) })
  expect(decodeCode(fresh)).toMatchObject({ macKeyId, signatureKeyId: verificationKey?.keyId })
  expect(decodeCode(old)?.macKeyId).not.toBe(macKeyId)

  await suite.advance({ hours: 1 })
  expect(await resultOf(verify(suite, old))).toBe('VALID')
  expect((await anybody(suite).listVerificationKeys({})).keys).toHaveLength(2)

  await suite.advance({ days: 2 })
  expect(await resultOf(verify(suite, old))).toBe('UNKNOWN_KEY')
  expect(await resultOf(verify(suite, fresh))).toBe('VALID')
  expect((await anybody(suite).listVerificationKeys({})).keys).toMatchObject([{ signing: true }])
  const keys = await suite.sql('qr')`select state, sealed_secret is null as wiped from signing_key order by state`
  expect(keys).toEqual([
    { state: 'RETIRED', wiped: true },
    { state: 'RETIRED', wiped: true },
    { state: 'SIGNING', wiped: false },
    { state: 'SIGNING', wiped: false },
  ])
})

placements('keys that are old are replaced by the job, and everybody is told', [qr], async (suite) => {
  await suite.runJob('qr', 'rotate-keys')
  expect(await suite.published(KeyRotatedSchema)).toHaveLength(2)
  await suite.advance({ days: 91 })
  const events = await suite.published(KeyRotatedSchema)
  expect(events).toHaveLength(4)
  expect(events.slice(2).every((event) => event.previousKeyId !== '')).toBe(true)
})

placements('no secret of a key is stored in the clear, or sent to anybody [S2-108]', [qr], async (suite) => {
  const code = await sign(suite)
  const { keys } = await anybody(suite).listVerificationKeys({})
  expect(keys.map((key) => [key.keyId, key.publicKey.length])).toEqual([[decodeCode(code)?.signatureKeyId, 32]])
  const rows = await suite.sql(
    'qr',
  )`select algorithm, length(sealed_secret) as length from signing_key order by algorithm`
  // Nonce and tag around 48 bytes of PKCS #8, and around 32 bytes.
  expect(rows).toEqual([
    { algorithm: 'ED25519', length: 76 },
    { algorithm: 'HMAC_SHA256', length: 60 },
  ])
})

placements('a device without a secret checks a ticket by the public keys [S1-41]', [qr], async (suite) => {
  const code = await sign(suite)
  const { keys } = await anybody(suite).listVerificationKeys({})
  const deviceKeys = await importDeviceKeys(keys)
  expect(await checkOffline(code, deviceKeys)).toEqual({ result: 'GENUINE', ticket: aliceTicket })
  expect(await checkOffline(withByteFlipped(code, 60), deviceKeys)).toEqual({ result: 'TAMPERED' })
})

placements('a code is drawn as PNG and SVG, and a scanner reads it back [S2-35]', [qr], async (suite) => {
  const code = await sign(suite)
  const png = await anybody(suite).renderQrCode({ code, format: Format.PNG })
  const { data, width, height } = PNG.sync.read(Buffer.from(png.image))
  expect([png.mediaType, png.sizePixels]).toEqual(['image/png', width])
  expect(jsqr.default(new Uint8ClampedArray(data), width, height)?.data).toBe(code)
  const svg = await anybody(suite).renderQrCode({ code, format: Format.SVG, sizePixels: 200 })
  expect([svg.mediaType, new TextDecoder().decode(svg.image).slice(0, 4)]).toEqual(['image/svg+xml', '<svg'])
})

placements('pictures are drawn of our own codes only', [qr], async (suite) => {
  const code = withByteFlipped(await sign(suite), 60)
  for (const foreign of [code, 'https://example.rw', 'TMS1:']) {
    const refusal = anybody(suite).renderQrCode({ code: foreign, format: Format.PNG })
    expect(await reasonFor(refusal)).toBe('CODE_NOT_OURS')
  }
})

placements(
  'only services sign and revoke, only drivers verify, only the platform turns keys [S1-42]',
  [qr],
  async (suite) => {
    expect(await reasonFor(driver(suite).signTickets({ payloads: [aliceTicket] }))).toBe('AUDIENCE_MISMATCH')
    const revoking = driver(suite).revokeTickets({ tenantId, ticketIds: [ticketId], reason: 'cancelled' })
    expect(await reasonFor(revoking)).toBe('AUDIENCE_MISMATCH')
    expect(await reasonFor(driver(suite).rotateKeys({ idempotencyKey: id() }))).toBe('PERMISSION_MISSING')
    const passenger = suite.client(QrService, { userId: id(), permissions: ['ticketing.bookings.create'] })
    expect(await reasonFor(passenger.verifyTicket({ code: '', tripId }))).toBe('PERMISSION_MISSING')
  },
)

/** The code with one bit of one byte of its body flipped. */
function withByteFlipped(code: string, at: number): string {
  const taken = decodeCode(code)
  if (!taken) throw new Error('not a code')
  const body = Buffer.concat([taken.authenticatedBytes, taken.mac])
  body[at] = (body[at] ?? 0) ^ 1
  return encodeCode(body.subarray(0, -32), body.subarray(-32))
}

const days = (suite: Suite, count: number) => new Date(suite.clock.now().getTime() + count * 86_400_000)

placements(
  'a luggage tag says whose piece it is, has one code for ever, and no ticket passes as a tag nor a tag as a ticket',
  [qr],
  async (suite) => {
    const itemId = id()
    const tag = {
      itemId,
      tenantId,
      tagNumber: 'K7QM2XPA',
      expireTime: timestampFromDate(new Date('2027-01-01T00:00:00Z')),
    }
    const signTag = async () => (await ticketing(suite).signLuggageTags({ tags: [tag] })).codes[0]!
    const code = await signTag()
    await admin(suite).rotateKeys({ idempotencyKey: id() })
    expect(await signTag()).toBe(code)
    const found = await driver(suite).verifyLuggageTag({ code })
    expect(found).toMatchObject({ result: VerificationResult.VALID, tag: { itemId, tenantId, tagNumber: 'K7QM2XPA' } })
    const ticket = await sign(suite)
    expect(await resultOf(verify(suite, code))).toBe('MALFORMED')
    for (const [text, company, result] of [
      [ticket, tenantId, VerificationResult.MALFORMED],
      [`TMSL1:${ticket.slice(5)}`, tenantId, VerificationResult.TAMPERED],
      [code, id(), VerificationResult.WRONG_TRIP],
    ] as const) {
      const answer = await driver(suite, company).verifyLuggageTag({ code: text })
      expect([answer.result, answer.tag]).toEqual([result, undefined])
    }
    const { image } = await anybody(suite).renderQrCode({ code, format: Format.PNG, sizePixels: 600 })
    const { data, width, height } = PNG.sync.read(Buffer.from(image))
    expect(jsqr.default(new Uint8ClampedArray(data), width, height)?.data).toBe(code)
  },
)
