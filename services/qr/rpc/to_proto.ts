import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { RevocationRow, SigningKeyRow } from '../store/schema.ts'

/** Initializer of a `Revocation`. */
export function revocationToProto(row: RevocationRow) {
  const { ticketId, version, reason, revokeTime } = row
  return { ticketId, version, reason, revokeTime: timestampFromDate(revokeTime) }
}

/** Initializer of a `VerificationKey`. */
export function verificationKeyToProto(row: SigningKeyRow) {
  return {
    keyId: row.keyId,
    publicKey: row.publicKey ?? undefined,
    signing: row.state === 'SIGNING',
    createTime: timestampFromDate(row.createTime),
  }
}
