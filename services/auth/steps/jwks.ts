import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Client } from '@connectrpc/connect'
import type { JWK } from 'jose'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
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

/** Fetches the keys that access tokens are verified with, as a JWK set: for hosts, which hand them to every service. */
export async function fetchJwks(auth: Client<typeof AuthService>): Promise<JWK[]> {
  const { keys } = await auth.listSigningKeys({})
  return keys.map(({ keyId, x }) => publicJwk({ keyId, x }))
}
