import { decodeJwt, decodeProtectedHeader } from 'jose'
import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { CodePurpose } from '#gen/tms/auth/v1/code_pb.ts'
import { CodeRequestedSchema, UserRegisteredSchema } from '#gen/tms/auth/v1/events_pb.ts'
import auth from '../service.ts'
import {
  as,
  codeSentTo,
  email,
  logIn,
  PASSWORD,
  phone,
  present,
  reasonFor,
  signUpByPhone,
  uuid,
  inMemory,
  withAuth,
} from '../testing/people.ts'

const alice = '+250788123456'

placements(
  'a passenger signs up with a phone number and signs in with the password [S2-20][S3-33][S1-11][S2-22][S4-10][S4-12]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    const { accessToken, userId } = await logIn(suite, alice)
    const header = decodeProtectedHeader(accessToken)
    const claims = decodeJwt(accessToken)
    expect(header).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.any(String) as string })
    expect(claims).toMatchObject({
      iss: 'tms',
      aud: 'tms',
      sub: userId,
      roles: ['passenger'],
      phone: alice,
      lang: 'rw',
    })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600)
    const { profile } = await as(suite, { accessToken }).getProfile({})
    expect(profile).toMatchObject({ displayName: 'Alice Uwase', phone: alice, phoneVerified: true, language: 'rw' })
    expect(await suite.published(UserRegisteredSchema)).toMatchObject([{ userId, phone: alice, language: 'rw' }])
  },
  withAuth,
)

placements(
  'a passenger signs up with an e-mail address, however its letters are typed [S2-20]',
  [auth],
  async (suite) => {
    const client = suite.client(AuthService)
    const signUpId = uuid()
    await client.signUp({ signUpId, contact: email('Bob@Example.rw'), password: PASSWORD, displayName: 'Bob' })
    const { tokens } = await client.confirmSignUp({ signUpId, code: await codeSentTo(suite, 'bob@example.rw') })
    const again = await client.logIn({ contact: email('BOB@example.RW'), password: PASSWORD })
    expect(again.tokens?.userId).toBe(tokens?.userId)
    expect(decodeJwt(present(again.tokens).accessToken)).not.toHaveProperty('phone')
  },
  withAuth,
)

placements(
  'a phone number has one account: a second sign-up is told so, but only once its code came back [S3-105]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    await suite.advance({ minutes: 2 })
    const client = suite.client(AuthService)
    const signUpId = uuid()
    const first = await client.signUp({ signUpId, contact: phone(alice), password: PASSWORD, displayName: 'Eve' })
    expect(first.expireTime).toBeDefined()
    const code = await codeSentTo(suite, alice)
    expect(await reasonFor(client.confirmSignUp({ signUpId, code }))).toBe('CONTACT_TAKEN')
    expect((await logIn(suite, alice)).accessToken).not.toBe('')
  },
  withAuth,
)

placements(
  'a sign-up that nobody confirms makes no account, and another one to the same number still can [S3-33]',
  [auth],
  async (suite) => {
    const client = suite.client(AuthService)
    const eve = uuid()
    await client.signUp({ signUpId: eve, contact: phone(alice), password: `${PASSWORD}-of-Eve`, displayName: 'Eve' })
    await suite.advance({ minutes: 2 })
    await signUpByPhone(suite, alice)
    expect((await logIn(suite, alice)).userId).not.toBe('')
    const [{ count }] = await suite.sql('auth')<[{ count: number }]>`select count(*)::int as count from users`
    expect(count).toBe(1)
    await suite.advance({ hours: 2 })
    expect(await reasonFor(client.confirmSignUp({ signUpId: eve, code: '123456' }))).toBe('SIGN_UP_UNKNOWN')
  },
  inMemory,
)

placements(
  'passwords that everybody tries first, and numbers of nobody, are refused [S4-14][S3-36]',
  [auth],
  async (suite) => {
    const client = suite.client(AuthService)
    const start = (number: string, password: string) =>
      reasonFor(client.signUp({ signUpId: uuid(), contact: phone(number), password, displayName: 'Alice' }))
    expect(await start(alice, 'Password2026!')).toBe('PASSWORD_TOO_COMMON')
    expect(await start(alice, '250788123456')).toBe('PASSWORD_TOO_COMMON')
    expect(await start(alice, 'short')).toBe('REQUEST_INVALID')
    expect(await start('+250488123456', PASSWORD)).toBe('CONTACT_INVALID')
    expect(await start('0788123456', PASSWORD)).toBe('REQUEST_INVALID')
    expect(await suite.published(CodeRequestedSchema)).toEqual([])
  },
  inMemory,
)

placements(
  'a sign-up id that is in use for another number is refused, and a retry sends one code only',
  [auth],
  async (suite) => {
    const client = suite.client(AuthService)
    const start = { signUpId: uuid(), contact: phone(alice), password: PASSWORD, displayName: 'Alice' }
    const [first, second] = [await client.signUp(start), await client.signUp(start)]
    expect(second).toEqual(first)
    expect(await suite.published(CodeRequestedSchema)).toHaveLength(1)
    expect(await reasonFor(client.signUp({ ...start, contact: phone('+250722123456') }))).toBe('ID_TAKEN')
  },
  inMemory,
)

placements(
  'a guest who signs up, or verifies a number, keeps the user id and so the bookings',
  [auth],
  async (suite) => {
    const client = suite.client(AuthService)
    const guest = present((await client.startGuestSession({ language: 'fr' })).tokens)
    expect(decodeJwt(guest.accessToken)).toMatchObject({ roles: ['passenger'], lang: 'fr' })
    const signUpId = uuid()
    const mine = as(suite, guest)
    expect((await mine.getProfile({})).profile?.guest).toBe(true)
    await mine.signUp({ signUpId, contact: phone(alice), password: PASSWORD, displayName: 'Alice' })
    const { tokens } = await mine.confirmSignUp({ signUpId, code: await codeSentTo(suite, alice) })
    expect(tokens?.userId).toBe(guest.userId)

    const other = present((await client.startGuestSession({})).tokens)
    await as(suite, other).requestCode({
      codeId: uuid(),
      contact: phone('+254711000111'),
      purpose: CodePurpose.VERIFY_CONTACT,
    })
    const code = await codeSentTo(suite, '+254711000111')
    const { profile } = await as(suite, other).verifyContact({ contact: phone('+254711000111'), code })
    expect(profile).toMatchObject({ userId: other.userId, guest: false, phoneVerified: true, hasPassword: false })
  },
  withAuth,
)

placements(
  'the account that waits for a number is found again by its owner [S3-33]',
  [auth],
  async (suite) => {
    const ticketing = suite.peer(AuthService, 'ticketing')
    const { userId } = await ticketing.resolveUser({ contact: phone(alice), language: 'sw' })
    expect((await ticketing.resolveUser({ contact: phone(alice) })).userId).toBe(userId)
    expect((await signUpByPhone(suite, alice)).userId).toBe(userId)
    const { users } = await ticketing.batchGetUsers({ userIds: [userId, uuid()] })
    expect(users).toMatchObject([{ userId, displayName: 'Alice Uwase', phoneVerified: true }])
    expect(await reasonFor(suite.client(AuthService).resolveUser({ contact: phone(alice) }))).toBe('AUDIENCE_MISMATCH')
  },
  withAuth,
)

placements(
  'name and language are changed by hand, contacts by code, and a taken contact is refused [S2-62][S3-35]',
  [auth],
  async (suite) => {
    const mine = as(suite, await signUpByPhone(suite, alice))
    const { profile } = await mine.updateProfile({ displayName: 'Alice U.', language: 'fr' })
    expect(profile).toMatchObject({ displayName: 'Alice U.', language: 'fr', phone: alice })
    expect((await mine.updateProfile({})).profile).toMatchObject({ displayName: 'Alice U.', language: 'fr' })

    const verify = async (contact: ReturnType<typeof phone> | ReturnType<typeof email>) => {
      await mine.requestCode({ codeId: uuid(), contact, purpose: CodePurpose.VERIFY_CONTACT })
      return mine.verifyContact({ contact, code: await codeSentTo(suite, contact.value.value) })
    }
    expect((await verify(email('alice@example.rw'))).profile).toMatchObject({ emailVerified: true, phone: alice })
    expect((await verify(phone('+250722123456'))).profile).toMatchObject({ phone: '+250722123456' })
    await signUpByPhone(suite, '+250733123456', 'Bob')
    await suite.advance({ minutes: 2 })
    expect(await reasonFor(verify(phone('+250733123456')))).toBe('CONTACT_TAKEN')
    expect(await suite.published(UserRegisteredSchema)).toHaveLength(2)
  },
  withAuth,
)

placements(
  'an account is found by its phone number through an index, and the number is unique [S3-95][S3-103][S3-105]',
  [auth],
  async (suite) => {
    const sql = suite.sql('auth')
    const add = (number: string) =>
      sql`insert into users (user_id, kind, phone, language, create_time, update_time)
          values (gen_random_uuid(), 'PERSON', ${number}, 'en', now(), now())`
    await add(alice)
    await expect(add(alice)).rejects.toThrow('users_phone_unique')
    const plan = await sql.begin(async (tx) => {
      await tx`set local enable_seqscan = off`
      return tx<{ 'QUERY PLAN': string }[]>`explain select * from users where phone = ${alice}`
    })
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('users_phone_unique')
  },
  { ...withAuth, placements: ['memory'] },
)
