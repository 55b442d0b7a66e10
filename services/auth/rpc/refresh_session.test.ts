import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { SessionRevokedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import type { SessionTokens } from '#gen/tms/auth/v1/session_pb.ts'
import auth from '../service.ts'
import { as, logIn, present, reasonFor, signUpByPhone, uuid, withAuth } from '../testing/people.ts'

const alice = '+250788123456'

const refresh = async (suite: Suite, { refreshToken }: Pick<SessionTokens, 'refreshToken'>) =>
  present((await suite.client(AuthService).refreshSession({ refreshToken })).tokens)

placements(
  'a refresh token is good once: it gives the next pair, and comes back as a theft [S3-31]',
  [auth],
  async (suite) => {
    const first = await signUpByPhone(suite, alice)
    const second = await refresh(suite, first)
    expect(second).toMatchObject({ sessionId: first.sessionId, userId: first.userId })
    expect(second.refreshToken).not.toBe(first.refreshToken)
    suite.clock.advance({ minutes: 9 })
    expect(await reasonFor(refresh(suite, first))).toBe('REFRESH_TOKEN_REUSED')
    expect(await reasonFor(refresh(suite, second))).toBe('SESSION_ENDED')
    expect(await suite.published(SessionRevokedSchema)).toMatchObject([{ sessionId: first.sessionId }])
    await suite.settle()
    await expect.poll(() => reasonFor(as(suite, second).getProfile({}))).toBe('SESSION_REVOKED')
  },
  withAuth,
)

placements(
  'tabs that refresh at the same moment get one successor, and go on with it [S3-31]',
  [auth],
  async (suite) => {
    const first = await signUpByPhone(suite, alice)
    const tabs = await Promise.all(Array.from({ length: 8 }, () => refresh(suite, first)))
    const successors = new Set(tabs.map((tab) => tab.refreshToken))
    expect(successors.size).toBe(1)
    suite.clock.advance({ seconds: 10 })
    expect((await refresh(suite, first)).refreshToken).toBe(tabs[0]?.refreshToken)
    suite.clock.advance({ minutes: 9 })
    const next = await refresh(suite, present(tabs[0]))
    expect(await reasonFor(refresh(suite, next))).toBe('ANSWERED')
    const [{ newest }] = await suite.sql('auth')<[{ newest: number }]>`
      select count(*)::int as newest from refresh_token where use_time is null`
    expect(newest).toBe(1)
  },
  withAuth,
)

placements(
  'the leeway ends when somebody goes on from the successor [S3-31]',
  [auth],
  async (suite) => {
    const first = await signUpByPhone(suite, alice)
    const second = await refresh(suite, first)
    await refresh(suite, second)
    expect(await reasonFor(refresh(suite, first))).toBe('REFRESH_TOKEN_REUSED')
  },
  withAuth,
)

placements(
  'a session lasts a day, however often it is refreshed, and its last token no longer than it [S3-134][S3-107]',
  [auth],
  async (suite) => {
    const first = await signUpByPhone(suite, alice)
    const end = Number(present(first.sessionExpireTime).seconds)
    expect(end - Math.floor(suite.clock.now().getTime() / 1000)).toBeGreaterThanOrEqual(86_399)
    suite.clock.advance({ hours: 12 })
    const second = await refresh(suite, first)
    suite.clock.advance({ hours: 11, minutes: 55 })
    const third = await refresh(suite, second)
    expect(decodeJwt(third.accessToken).exp).toBe(end)
    suite.clock.advance({ minutes: 5 })
    expect(await reasonFor(refresh(suite, third))).toBe('SESSION_ENDED')
  },
  withAuth,
)

placements(
  'tokens are not kept in the clear, and a made-up one is not ours',
  [auth],
  async (suite) => {
    const tokens = await signUpByPhone(suite, alice)
    const rows = await suite.sql('auth')`select encode(token_hash, 'escape') as hash from refresh_token`
    expect(JSON.stringify(rows)).not.toContain(tokens.refreshToken)
    expect(await reasonFor(refresh(suite, { refreshToken: 'A'.repeat(43) }))).toBe('REFRESH_TOKEN_INVALID')
  },
  withAuth,
)

placements(
  'log-out ends this session, log-out everywhere all of them, and one lost phone can be shut out [S4-10]',
  [auth],
  async (suite) => {
    const [laptop, lost, kiosk] = [
      await signUpByPhone(suite, alice),
      await logIn(suite, alice),
      await logIn(suite, alice),
    ]
    const { sessions } = await as(suite, laptop).listSessions({})
    expect(sessions.map(({ sessionId, current }) => [sessionId, current])).toEqual([
      [kiosk.sessionId, false],
      [lost.sessionId, false],
      [laptop.sessionId, true],
    ])
    const paged = await as(suite, laptop).listSessions({ pageSize: 2 })
    const rest = await as(suite, laptop).listSessions({ pageSize: 2, pageToken: paged.nextPageToken })
    expect([...paged.sessions, ...rest.sessions]).toEqual(sessions)
    const madeUp = Buffer.from('"no id"').toString('base64url')
    expect(await reasonFor(as(suite, laptop).listSessions({ pageToken: madeUp }))).toBe('PAGE_TOKEN_INVALID')

    await suite.client(AuthService).logOut({ refreshToken: kiosk.refreshToken })
    expect(await reasonFor(refresh(suite, kiosk))).toBe('SESSION_ENDED')
    await as(suite, laptop).endSession({ sessionId: lost.sessionId })
    expect(await reasonFor(refresh(suite, lost))).toBe('SESSION_ENDED')
    expect(await reasonFor(as(suite, laptop).endSession({ sessionId: uuid() }))).toBe('SESSION_UNKNOWN')

    const other = await logIn(suite, alice)
    expect((await as(suite, laptop).logOutEverywhere({})).endedCount).toBe(2)
    expect(await reasonFor(refresh(suite, other))).toBe('SESSION_ENDED')
    const revoked = await suite.published(SessionRevokedSchema)
    expect(revoked.map(({ sessionId }) => sessionId).toSorted()).toEqual(
      [kiosk, lost, laptop, other].map(({ sessionId }) => sessionId).toSorted(),
    )
    await suite.client(AuthService).logOut({ refreshToken: 'A'.repeat(43) })
  },
  withAuth,
)

placements(
  'what nobody can use any more is forgotten after a while',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    await suite.advance({ days: 32 })
    const [left] = await suite.sql('auth')`
      select (select count(*)::int from session) as sessions, (select count(*)::int from refresh_token) as tokens,
        (select count(*)::int from one_time_code) as codes, (select count(*)::int from sign_up) as sign_ups`
    expect(left).toEqual({ sessions: 0, tokens: 0, codes: 0, sign_ups: 0 })
  },
  { ...withAuth, placements: ['memory'] },
)
