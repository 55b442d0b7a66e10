import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { type SessionRevoked, SessionRevokedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import type { HostOptions } from '#kit'

/** How a host learns who signs access tokens and which sessions were ended: from auth, by its contract alone. */
export const identity = {
  userKeys: async (client) => {
    const { keys } = await client(AuthService).listSigningKeys({})
    return keys.map(({ keyId, keyType, curve, x, algorithm }) => ({
      kid: keyId,
      kty: keyType,
      crv: curve,
      x,
      alg: algorithm,
      use: 'sig',
    }))
  },
  revocation: {
    schema: SessionRevokedSchema,
    // The schema above is the only type of event that this is ever called with.
    sessionOf: (event) => (event as SessionRevoked).sessionId,
  },
} satisfies Pick<HostOptions, 'userKeys' | 'revocation'>
