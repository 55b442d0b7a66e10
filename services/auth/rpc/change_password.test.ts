import { expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import auth from '../service.ts'
import {
  as,
  codeSentTo,
  email,
  logIn,
  otherCode,
  PASSWORD,
  phone,
  reasonFor,
  seed,
  signUpByPhone,
  uuid,
  inMemory,
  withAuth,
} from '../testing/people.ts'

const alice = '+250788123456'
const NEW = 'Umusozi-w-i-7-ingagi'

const logInWith = (suite: Suite, password: string) =>
  reasonFor(suite.client(AuthService).logIn({ contact: phone(alice), password }))

placements(
  'after a change of password the old one is refused and the other sessions are over [S1-13][S4-14]',
  [auth],
  async (suite) => {
    const here = await signUpByPhone(suite, alice)
    const there = await logIn(suite, alice)
    await as(suite, here).changePassword({ currentPassword: PASSWORD, newPassword: NEW })
    expect(await logInWith(suite, PASSWORD)).toBe('CREDENTIALS_WRONG')
    expect(await logInWith(suite, NEW)).toBe('ANSWERED')
    const client = suite.client(AuthService)
    expect(await reasonFor(client.refreshSession({ refreshToken: there.refreshToken }))).toBe('SESSION_ENDED')
    expect(await reasonFor(client.refreshSession({ refreshToken: here.refreshToken }))).toBe('ANSWERED')
  },
  withAuth,
)

placements(
  'the current password cannot be guessed from an open session, and a common one is no new one [S4-14]',
  [auth],
  async (suite) => {
    const mine = as(suite, await signUpByPhone(suite, alice))
    const change = (currentPassword: string, newPassword: string) =>
      reasonFor(mine.changePassword({ currentPassword, newPassword }))
    expect(await change(PASSWORD, 'Password1234')).toBe('PASSWORD_TOO_COMMON')
    expect(await change(PASSWORD, '0788123456')).toBe('PASSWORD_TOO_COMMON')
    for (let i = 0; i < 5; i++) expect(await change('wrong one', NEW)).toBe('CREDENTIALS_WRONG')
    expect(await change(PASSWORD, NEW)).toBe('TOO_MANY_ATTEMPTS')
  },
  inMemory,
)

placements(
  'a forgotten password is reset by a code, which ends every session and the lock-out [S4-14]',
  [auth],
  async (suite) => {
    const before = await signUpByPhone(suite, alice)
    await suite.advance({ minutes: 2 })
    for (let i = 0; i < 6; i++) await logInWith(suite, 'wrong one')
    const client = suite.client(AuthService)
    await client.requestPasswordReset({ codeId: uuid(), contact: phone(alice) })
    const code = await codeSentTo(suite, alice)
    const reset = (digits: string) =>
      reasonFor(client.resetPassword({ contact: phone(alice), code: digits, newPassword: NEW }))
    expect(await reset(otherCode(code))).toBe('CODE_WRONG')
    expect(await reset(code)).toBe('ANSWERED')
    expect(await logInWith(suite, NEW)).toBe('ANSWERED')
    expect(await logInWith(suite, PASSWORD)).toBe('CREDENTIALS_WRONG')
    expect(await reasonFor(client.refreshSession({ refreshToken: before.refreshToken }))).toBe('SESSION_ENDED')
    expect(await reset(code)).toBe('CODE_EXPIRED')
  },
  withAuth,
)

placements(
  'demonstration accounts can sign in by phone and by e-mail, and seeding again changes nothing',
  [auth],
  async (suite) => {
    const claudine = { phone: alice, email: 'claudine@volcano.example', password: PASSWORD, name: 'Claudine' }
    const [userId] = await seed(suite, { ...claudine, roles: ['admin'] })
    expect(await seed(suite, { ...claudine, roles: ['admin'], password: NEW })).toEqual([userId])
    const { tokens } = await suite.client(AuthService).logIn({ contact: email(claudine.email), password: PASSWORD })
    expect(tokens?.userId).toBe(userId)
    expect((await as(suite, await logIn(suite, alice)).listRoles({})).roles).toHaveLength(8)
  },
  inMemory,
)
