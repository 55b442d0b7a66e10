import { hash } from '@node-rs/argon2'
import { createClient } from '@connectrpc/connect'
import { expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import auth from '../service.ts'
import { logIn, PASSWORD, phone, reasonFor, seed, signUpByPhone, uuid, inMemory, withAuth } from '../testing/people.ts'

const alice = '+250788123456'
const nobody = '+250722000000'
const volcano = uuid()
const horizon = uuid()

const tryPassword = (suite: Suite, number: string, password: string) =>
  reasonFor(suite.client(AuthService).logIn({ contact: phone(number), password }))

placements(
  'after five wrong passwords the account waits, longer each time, also for the right one [S2-21]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    for (let i = 0; i < 5; i++) expect(await tryPassword(suite, alice, 'wrong one')).toBe('CREDENTIALS_WRONG')
    expect(await tryPassword(suite, alice, PASSWORD)).toBe('TOO_MANY_ATTEMPTS')
    suite.clock.advance({ seconds: 31 })
    expect(await tryPassword(suite, alice, 'wrong one')).toBe('CREDENTIALS_WRONG')
    suite.clock.advance({ seconds: 31 })
    expect(await tryPassword(suite, alice, PASSWORD)).toBe('TOO_MANY_ATTEMPTS')
    suite.clock.advance({ seconds: 30 })
    expect(await tryPassword(suite, alice, PASSWORD)).toBe('ANSWERED')
    expect(await tryPassword(suite, alice, 'wrong one')).toBe('CREDENTIALS_WRONG')
  },
  withAuth,
)

placements(
  'a hundred guesses at once are five [S2-21]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    const guesses = Array.from({ length: 100 }, () => tryPassword(suite, alice, 'wrong one'))
    const answers = await Promise.all(guesses)
    expect(answers.filter((reason) => reason === 'CREDENTIALS_WRONG')).toHaveLength(5)
    expect(answers.filter((reason) => reason === 'TOO_MANY_ATTEMPTS')).toHaveLength(95)
  },
  withAuth,
)

placements(
  'an account that does not exist answers, and locks, like one that does [S2-21]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    const story = async (number: string) => {
      const answers: (string | undefined)[] = []
      for (let i = 0; i < 7; i++) answers.push(await tryPassword(suite, number, 'wrong one'))
      return answers
    }
    expect(await story(nobody)).toEqual(await story(alice))
  },
  withAuth,
)

placements(
  'one address that tries many accounts is slowed down, and others are not [S2-21]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    const from = (address: string) => {
      const base = suite.host.transportTo('auth')
      const withAddress: typeof base = {
        ...base,
        unary: (method, signal, timeoutMs, header, input, values) => {
          const headers = new Headers(header)
          headers.set('x-forwarded-for', address)
          return base.unary(method, signal, timeoutMs, headers, input, values)
        },
      }
      return createClient(AuthService, withAddress)
    }
    const attempt = (address: string, i: number) =>
      reasonFor(from(address).logIn({ contact: phone(`+2507220000${10 + i}`), password: 'wrong one' }))
    for (let i = 0; i < 8; i++) expect(await attempt('41.186.0.9', i)).toBe('CREDENTIALS_WRONG')
    expect(await attempt('41.186.0.9', 8)).toBe('TOO_MANY_ATTEMPTS')
    expect(await attempt('41.186.0.10', 9)).toBe('CREDENTIALS_WRONG')
    const right = from('41.186.0.10').logIn({ contact: phone(alice), password: PASSWORD })
    expect(await reasonFor(right)).toBe('ANSWERED')
  },
  { ...withAuth, env: { ...withAuth.env, AUTH_FREE_ADDRESS_ATTEMPTS: '8' } },
)

placements(
  'an agent acts for the only company at once, of two for the one that is chosen, and for no stranger',
  [auth],
  async (suite) => {
    const [one, two] = ['+250788000001', '+250788000002']
    await seed(
      suite,
      { phone: one, password: PASSWORD, name: 'One', tenantRoles: [{ tenantId: volcano, role: 'agent' }] },
      {
        phone: two,
        password: PASSWORD,
        name: 'Two',
        tenantRoles: [
          { tenantId: volcano, role: 'agent' },
          { tenantId: horizon, role: 'driver' },
        ],
      },
    )
    expect((await logIn(suite, one)).tenantId).toBe(volcano)
    expect((await logIn(suite, two)).tenantId).toBe('')
    expect((await logIn(suite, two, horizon)).tenantId).toBe(horizon)
    expect(await reasonFor(logIn(suite, one, horizon))).toBe('NOT_A_MEMBER')
  },
  inMemory,
)

placements(
  'a hash of outdated parameters is made anew when its owner signs in [S1-13]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    const sql = suite.sql('auth')
    const parameters = async () => {
      const [{ stored }] = await sql<[{ stored: string }]>`select password_hash as stored from users`
      return stored.split('$')[3]
    }
    expect(await parameters()).toBe('m=64,t=1,p=1')
    // As if it had been made before AUTH_ARGON2_PASSES was lowered from 2 to 1.
    await sql`update users set password_hash = ${await hash(PASSWORD, { memoryCost: 64, timeCost: 2, parallelism: 1 })}`
    expect(await parameters()).toBe('m=64,t=2,p=1')
    await logIn(suite, alice)
    expect(await parameters()).toBe('m=64,t=1,p=1')
  },
  { ...withAuth, placements: ['memory'] },
)
