import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { TicketPayloadSchema, type TicketPayload } from '#gen/tms/qr/v1/ticket_pb.ts'
import { openMacKey, openSignatureKey } from '../keys/key_material.ts'
import type { SigningKeys } from '../keys/signing.ts'

/** A ticket and keys that never change, for tests. */

/** Alice, from Kigali to Huye in seat 3B. */
export const aliceTicket: TicketPayload = create(TicketPayloadSchema, {
  ticketId: '019a9f3e-5b00-7c41-8a2e-3f1d5c7b9a10',
  tripId: '019a9f00-0000-7000-8000-00000000000a',
  tenantId: '019a9e00-0000-7000-8000-0000000000c1',
  bookingCode: 'K7QM2R',
  passengerName: 'Alice Uwimana',
  seatLabel: '3B',
  seatClass: SeatClass.STANDARD,
  fromSequence: 0,
  toSequence: 3,
  serviceDate: '2026-11-20',
  departureTime: timestampFromDate(new Date('2026-11-20T06:00:00Z')),
  expireTime: timestampFromDate(new Date('2026-11-21T06:00:00Z')),
  issueTime: timestampFromDate(new Date('2026-11-19T10:15:30Z')),
})

/** The PKCS #8 wrapping of a 32-byte Ed25519 seed (RFC 8410). */
export function ed25519FromSeed(seedHex: string) {
  const der = Buffer.from(`302e020100300506032b657004220420${seedHex}`, 'hex')
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { der, publicKey: Buffer.from(x, 'base64url') }
}

// The secret key of RFC 8032, section 7.1, test 1.
const seed = ed25519FromSeed('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60')

/** Keys that sign the fixed code below. */
export const fixedKeys: SigningKeys = {
  mac: openMacKey('00000001', Buffer.alloc(32, 0x0b)),
  signature: openSignatureKey('00000002', seed.der),
}

/** The public half of the fixed Ed25519 key. */
export const fixedPublicKeys = [{ keyId: '00000002', publicKey: seed.publicKey }]
