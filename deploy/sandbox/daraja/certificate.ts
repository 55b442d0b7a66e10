import { type KeyObject, randomBytes, sign } from 'node:crypto'

/** Node reads X.509 certificates but cannot make them; this writes the few DER structures that one needs (RFC 5280). */
const SEQUENCE = 0x30
const SET = 0x31
const INTEGER = 0x02
const BIT_STRING = 0x03
const NULL = 0x05
const OBJECT_ID = 0x06
const UTF8_STRING = 0x0c
const UTC_TIME = 0x17
const VERSION = 0xa0

const COMMON_NAME = Buffer.from('550403', 'hex')
const SHA256_WITH_RSA = Buffer.from('2a864886f70d01010b', 'hex')

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  return length < 0x100 ? Buffer.from([0x81, length]) : Buffer.from([0x82, length >> 8, length & 0xff])
}

/**
 * A self-signed certificate (X.509 v3, SHA-256 with RSA) over `publicKey`, PEM.
 *
 * Valid from 2020 to 2049: M-PESA's own published certificates are long expired and nobody checks.
 */
export function selfSigned(commonName: string, publicKey: KeyObject, privateKey: KeyObject): string {
  const algorithm = der(SEQUENCE, der(OBJECT_ID, SHA256_WITH_RSA), der(NULL))
  const nameParts = [der(OBJECT_ID, COMMON_NAME), der(UTF8_STRING, Buffer.from(commonName))]
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, ...nameParts)))
  const time = (text: string) => der(UTC_TIME, Buffer.from(text))
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]) // a leading 1 keeps it positive
  const toBeSigned = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    algorithm,
    name,
    der(SEQUENCE, time('200101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', toBeSigned, privateKey)
  const certificate = der(SEQUENCE, toBeSigned, algorithm, der(BIT_STRING, Buffer.from([0]), signature))
  return pem(certificate)
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}
