import fc from 'fast-check'
import { createPrivateKey, createSecretKey, sign } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { claimsOf, decodeClaims, encodeClaims, payloadOf } from '../code/claims.ts'
import { checkOffline, importDeviceKeys } from '../code/offline.ts'
import { authenticatedBytesOf, decodeCode, encodeCode, signedBytesOf, type TicketCode } from '../code/ticket_code.ts'
import { aliceTicket, ed25519FromSeed, fixedKeys, fixedPublicKeys } from '../testing/samples.ts'
import { newMacKey, newSignatureKey, openMacKey, openSignatureKey } from './key_material.ts'
import { hmacSha256, isAuthentic, signCode } from './signing.ts'

const bytes = encodeClaims(claimsOf(aliceTicket, new Date(0)))
const code = signCode(bytes, fixedKeys)
const taken = decodeCode(code) as TicketCode
/** Changes only with the layout, and then its prefix does too: tickets in passengers' phones must stay readable. */
const fixedCode =
  'TMS1:000100000200BC1590-5KVMB*VF4LH2:75VBKLJYC2590O4K00077E88G000000A00CD3590%/J00077E88G000000D40PD4+M9NCACG6AE58C8OEDDZC9 AYEDCEC.CCNC0WG8D70%I01KLY70EJS1DWW C7K66QD0K8F7W/SS6PUW.1C5T4 O5ZAH5ELCV *ID5V8R4CTC-ZQ-3SRIEO:SLPLXI8GZQZWMH$JG94C%KU81U8FN K%35HM0H752PCS$NIQIT$8X93*AT272A69T 9J$NX+FHCQEX3PNNHAJR:C5+87:72BL'
const deviceKeys = await importDeviceKeys(fixedPublicKeys)
const hex = (text: string) => Buffer.from(text, 'hex')

describe('a signed ticket', () => {
  test('is good to the service and to a device without a secret [S1-41] [S2-35]', async () => {
    expect(isAuthentic(taken, fixedKeys.mac)).toBe(true)
    expect(payloadOf(decodeClaims(taken.payload))).toEqual(aliceTicket)
    expect(await checkOffline(code, deviceKeys)).toEqual({ result: 'GENUINE', ticket: aliceTicket })
  })

  test('has the same code however often it is signed, down to the last character', () => {
    expect(signCode(bytes, fixedKeys)).toBe(code)
    expect(code).toBe(fixedCode)
  })

  test('names the keys that signed it, and holds neither of them [S2-108]', () => {
    expect([taken.macKeyId, taken.signatureKeyId]).toEqual(['00000001', '00000002'])
    const whole = Buffer.concat([taken.authenticatedBytes, taken.mac])
    expect(whole.includes(fixedKeys.mac.secret.export())).toBe(false)
  })

  test('is good no more when one bit is flipped anywhere [S1-41] [S2-49]', async () => {
    const whole = Buffer.concat([taken.authenticatedBytes, taken.mac])
    for (let bit = 5 * 8; bit < whole.length * 8; bit++) {
      const changed = Buffer.from(whole)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const again = decodeCode(encodeCode(changed.subarray(0, -32), changed.subarray(-32))) as TicketCode
      const isKeyKnown = again.macKeyId === fixedKeys.mac.keyId
      expect(isKeyKnown && isAuthentic(again, fixedKeys.mac)).toBe(false)
    }
  })

  test('is good no more when one character is changed, left out or put in', async () => {
    const change = fc.tuple(fc.nat(code.length - 1), fc.constantFrom(...'09AZ $%*+-./:aé'), fc.constantFrom(0, 1))
    await fc.assert(
      fc.asyncProperty(change, async ([at, character, length]) => {
        const changed = code.slice(0, at) + character + code.slice(at + length)
        fc.pre(changed !== code)
        const again = decodeCode(changed)
        if (!again || again.macKeyId !== fixedKeys.mac.keyId) return
        expect(isAuthentic(again, fixedKeys.mac)).toBe(false)
      }),
    )
  })

  test('is good no more when STANDARD is made VIP, for the service and for a device [S2-109]', async () => {
    const better = encodeClaims({ ...decodeClaims(taken.payload), seatClass: SeatClass.VIP })
    const forged = withPayload(better)
    expect(isAuthentic(decodeCode(forged) as TicketCode, fixedKeys.mac)).toBe(false)
    expect(await checkOffline(forged, deviceKeys)).toEqual({ result: 'TAMPERED' })
  })

  test('lends its signatures to no other ticket [S2-35]', async () => {
    const other = encodeClaims(claimsOf({ ...aliceTicket, seatLabel: '3C', passengerName: 'Bob' }, new Date(0)))
    const forged = withPayload(other)
    expect(isAuthentic(decodeCode(forged) as TicketCode, fixedKeys.mac)).toBe(false)
    expect(await checkOffline(forged, deviceKeys)).toEqual({ result: 'TAMPERED' })
  })

  test('is strange to a device that does not know its key, and to another service’s key', async () => {
    const strange = signCode(bytes, {
      mac: openMacKey('00000001', newMacKey().secret),
      signature: openSignatureKey('0000000f', newSignatureKey().secret),
    })
    expect(await checkOffline(strange, deviceKeys)).toEqual({ result: 'UNKNOWN_KEY' })
    expect(isAuthentic(decodeCode(strange) as TicketCode, fixedKeys.mac)).toBe(false)
  })

  test.each([
    '',
    'TMS1:',
    'TMS2:ABC',
    'https://example.rw/t/K7QM2R',
    `tms1:${code.slice(5)}`,
    code.slice(0, 150),
    `${code}0`,
  ])('cut short or foreign is no ticket: "%s"', async (text) => {
    expect(decodeCode(text)).toBeUndefined()
    expect(await checkOffline(text, deviceKeys)).toEqual({ result: 'MALFORMED' })
  })
})

/** The genuine code with another payload in it, as a forger without keys would make it. */
function withPayload(payload: Uint8Array): string {
  const signed = signedBytesOf(taken.macKeyId, taken.signatureKeyId, payload)
  return encodeCode(authenticatedBytesOf(signed, taken.signature), taken.mac)
}

test('names of any script and ids of any value come back as they were signed', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 })
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), name, fc.nat(998), (ticketId, tripId, passengerName, fromSequence) => {
      const ticket = { ...aliceTicket, ticketId, tripId, passengerName, fromSequence, toSequence: fromSequence + 1 }
      const again = decodeCode(signCode(encodeClaims(claimsOf(ticket, new Date(0))), fixedKeys)) as TicketCode
      expect(isAuthentic(again, fixedKeys.mac)).toBe(true)
      expect(payloadOf(decodeClaims(again.payload))).toEqual(ticket)
    }),
    { numRuns: 50 },
  )
})

test.each(['2026-02-31', '2026-13-01', '1969-12-31'])('a ticket for %s cannot be signed', (serviceDate) => {
  expect(() => claimsOf({ ...aliceTicket, serviceDate }, new Date(0))).toThrow(RangeError)
})

describe('HMAC-SHA256 gives the answers of RFC 4231 [S2-49]', () => {
  test.each([
    [
      '0b'.repeat(20),
      Buffer.from('Hi There').toString('hex'),
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      '4a656665',
      Buffer.from('what do ya want for nothing?').toString('hex'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    ['aa'.repeat(20), 'dd'.repeat(50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
  ])('key %s', (key, message, mac) => {
    expect(hmacSha256(createSecretKey(hex(key)), hex(message)).toString('hex')).toBe(mac)
  })
})

const wycheproof = {
  hmac: '../shared/data/protocol-vectors/wycheproof_hmac_sha256.json.gz',
  ed25519: '../shared/data/protocol-vectors/wycheproof_ed25519.json.gz',
}
const isMissing = !existsSync(wycheproof.hmac)
const whySkipped = `no Wycheproof vectors at ${wycheproof.hmac}`

type Vectors<Group> = {
  testGroups: (Group & {
    tests: { tcId: number; msg: string; result: string; key: string; tag: string; sig: string }[]
  })[]
}
const vectorsOf = <Group>(path: string) => JSON.parse(gunzipSync(readFileSync(path)).toString()) as Vectors<Group>

describe('against the vectors of Project Wycheproof [S2-49]', () => {
  test('HMAC-SHA256: right tags are taken, changed ones refused', ({ skip }) => {
    skip(isMissing, whySkipped)
    const cases = vectorsOf<{ tagSize: number }>(wycheproof.hmac).testGroups.flatMap(({ tagSize, tests }) =>
      tests.map((one) => ({ ...one, tagSize })),
    )
    expect(cases.length).toBeGreaterThan(100)
    for (const { key, msg, tag, tagSize, result, tcId } of cases) {
      const made = hmacSha256(createSecretKey(hex(key)), hex(msg)).subarray(0, tagSize / 8)
      expect(made.equals(hex(tag)), `case ${tcId}`).toBe(result === 'valid')
    }
  })

  test('Ed25519: what devices take and refuse', async ({ skip }) => {
    skip(isMissing, whySkipped)
    const groups = vectorsOf<{ publicKey: { pk: string } }>(wycheproof.ed25519).testGroups
    for (const { publicKey, tests } of groups) {
      const key = await crypto.subtle.importKey('raw', hex(publicKey.pk), 'Ed25519', false, ['verify'])
      for (const { msg, sig, result, tcId } of tests) {
        expect(await crypto.subtle.verify('Ed25519', key, hex(sig), hex(msg)), `case ${tcId}`).toBe(result === 'valid')
      }
    }
  })
})

test('Ed25519 gives the signature of RFC 8032, test 2', () => {
  const { der, publicKey } = ed25519FromSeed('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb')
  expect(publicKey.toString('hex')).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')
  const signature = sign(null, hex('72'), createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
  expect(signature.toString('hex')).toBe(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  )
})
