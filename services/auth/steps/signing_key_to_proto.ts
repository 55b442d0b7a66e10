import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { SigningKeySchema } from '#gen/tms/auth/v1/signing_key_pb.ts'
import { publicJwk } from '../crypto/signer.ts'
import type { StoredKey } from '../store/signing_keys.ts'

/** A public key as the wire has it. */
export function signingKeyToProto(key: StoredKey): MessageInitShape<typeof SigningKeySchema> {
  const { kty, crv, x, kid, alg } = publicJwk({ keyId: key.keyId, x: key.publicX })
  return {
    ...(kid && { keyId: kid }),
    ...(kty && { keyType: kty }),
    ...(crv && { curve: crv }),
    ...(x && { x }),
    ...(alg && { algorithm: alg }),
    signFromTime: timestampFromDate(key.signFromTime),
    ...(key.verifyUntilTime && { verifyUntilTime: timestampFromDate(key.verifyUntilTime) }),
  }
}
