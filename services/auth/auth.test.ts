import { decodeJwt, decodeProtectedHeader } from 'jose'
import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import auth from './service.ts'
import { as, phone, PASSWORD, signUpByPhone, withAuth } from './testing/people.ts'

const alice = '+250788123456'

placements(
  'a passenger signs up with a phone number and signs in with the password [S2-20][S3-33][S1-11][S2-22][S4-12]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    const { tokens } = await suite.client(AuthService).logIn({ contact: phone(alice), password: PASSWORD })
    const header = decodeProtectedHeader(tokens?.accessToken ?? '')
    const claims = decodeJwt(tokens?.accessToken ?? '')
    expect(header).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.any(String) as string })
    expect(claims).toMatchObject({ iss: 'tms', aud: 'tms', sub: tokens?.userId, roles: ['passenger'], phone: alice })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600)
    const { profile } = await as(suite, tokens ?? { accessToken: '' }).getProfile({})
    expect(profile).toMatchObject({ displayName: 'Alice Uwase', phone: alice, phoneVerified: true, language: 'rw' })
  },
  withAuth,
)
