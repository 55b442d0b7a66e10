import { expect } from 'vitest'
import { metadataOf } from '#kit'
import { placements } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { CodePurpose } from '#gen/tms/auth/v1/code_pb.ts'
import { CodeRequestedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import auth from '../service.ts'
import {
  codeSentTo,
  otherCode,
  phone,
  present,
  reasonFor,
  requestCode,
  signUpByPhone,
  uuid,
  inMemory,
  withAuth,
} from '../testing/people.ts'

const alice = '+250788123456'
const nobody = '+250722000000'

placements(
  'a code sent by SMS signs in, once [S3-136]',
  [auth],
  async (suite) => {
    const { userId } = await signUpByPhone(suite, alice)
    await suite.advance({ minutes: 2 })
    const client = suite.client(AuthService)
    const code = await requestCode(suite, alice)
    const { tokens } = await client.logInWithCode({ contact: phone(alice), code })
    expect(tokens?.userId).toBe(userId)
    expect(await reasonFor(client.logInWithCode({ contact: phone(alice), code }))).toBe('CODE_EXPIRED')
  },
  withAuth,
)

placements(
  'a code sent once is used once, however many try at the same time [S3-136]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    await suite.advance({ minutes: 2 })
    const code = await requestCode(suite, alice)
    const client = suite.client(AuthService)
    const tries = Array.from({ length: 4 }, () => reasonFor(client.logInWithCode({ contact: phone(alice), code })))
    const answers = await Promise.all(tries)
    expect(answers.toSorted()).toEqual(['ANSWERED', 'CODE_EXPIRED', 'CODE_EXPIRED', 'CODE_EXPIRED'])
  },
  withAuth,
)

placements(
  'a wrong code counts down, the sixth guess finds it dead, also when it is right [S3-136]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    await suite.advance({ minutes: 2 })
    const code = await requestCode(suite, alice)
    const guess = (digits: string) => suite.client(AuthService).logInWithCode({ contact: phone(alice), code: digits })
    const left: (string | undefined)[] = []
    for (let i = 0; i < 5; i++) {
      await guess(otherCode(code)).catch((err: unknown) => left.push(metadataOf(err)['attempts_left']))
    }
    expect(left).toEqual(['4', '3', '2', '1', '0'])
    expect(await reasonFor(guess(code))).toBe('CODE_EXHAUSTED')
  },
  withAuth,
)

placements(
  'fifty guesses at once are five [S3-136]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    await suite.advance({ minutes: 2 })
    const code = await requestCode(suite, alice)
    const client = suite.client(AuthService)
    const guesses = Array.from({ length: 50 }, () =>
      reasonFor(client.logInWithCode({ contact: phone(alice), code: otherCode(code) })),
    )
    const answers = await Promise.all(guesses)
    expect(answers.filter((reason) => reason === 'CODE_WRONG')).toHaveLength(5)
    expect(answers.filter((reason) => reason === 'CODE_EXHAUSTED')).toHaveLength(45)
  },
  withAuth,
)

placements(
  'a code is good for five minutes, for its purpose, and until a newer one is sent [S3-136]',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    await suite.advance({ minutes: 2 })
    const client = suite.client(AuthService)
    const old = await requestCode(suite, alice)
    const reset = client.resetPassword({ contact: phone(alice), code: old, newPassword: 'Umusozi-w-i-7-ingagi' })
    expect(await reasonFor(reset)).toBe('CODE_EXPIRED')
    suite.clock.advance({ seconds: 61 })
    const newer = await requestCode(suite, alice)
    if (newer !== old) {
      expect(await reasonFor(client.logInWithCode({ contact: phone(alice), code: old }))).toBe('CODE_WRONG')
    }
    suite.clock.advance({ minutes: 5 })
    expect(await reasonFor(client.logInWithCode({ contact: phone(alice), code: newer }))).toBe('CODE_EXPIRED')
  },
  withAuth,
)

placements(
  'a second code waits a minute, the sixth an hour, and a retry with the same id sends none',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    const client = suite.client(AuthService)
    const ask = (codeId = uuid()) => client.requestCode({ codeId, contact: phone(alice), purpose: CodePurpose.LOG_IN })
    expect(await reasonFor(ask())).toBe('TOO_MANY_CODES')
    const codeId = uuid()
    for (const id of [codeId, uuid(), uuid(), uuid()]) {
      suite.clock.advance({ seconds: 61 })
      await ask(id)
    }
    suite.clock.advance({ seconds: 61 })
    expect(await reasonFor(ask())).toBe('TOO_MANY_CODES')
    await ask(codeId)
    expect(await suite.published(CodeRequestedSchema)).toHaveLength(5)
    expect(await reasonFor(client.requestCode({ codeId, contact: phone(nobody), purpose: CodePurpose.LOG_IN }))).toBe(
      'ID_TAKEN',
    )
    suite.clock.advance({ hours: 1 })
    expect(await reasonFor(ask())).toBe('ANSWERED')
  },
  inMemory,
)

placements(
  'to a number without an account nothing is sent, and the answers are the same',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    await suite.advance({ minutes: 2 })
    const client = suite.client(AuthService)
    const shape = async (number: string) => {
      const { expireTime, resendTime } = await client.requestCode({
        codeId: uuid(),
        contact: phone(number),
        purpose: CodePurpose.LOG_IN,
      })
      const guess = await reasonFor(client.logInWithCode({ contact: phone(number), code: '000000' }))
      const again = await reasonFor(client.requestPasswordReset({ codeId: uuid(), contact: phone(number) }))
      return { life: present(expireTime).seconds - present(resendTime).seconds, guess, again }
    }
    expect(await shape(nobody)).toEqual(await shape(alice))
    expect(await codeSentTo(suite, nobody)).toBe('')
  },
  inMemory,
)

placements(
  'a code to add a number is for those who are signed in, and codes are not kept in the clear',
  [auth],
  async (suite) => {
    await signUpByPhone(suite, alice)
    await suite.advance({ minutes: 2 })
    const ask = { codeId: uuid(), contact: phone(alice), purpose: CodePurpose.VERIFY_CONTACT }
    expect(await reasonFor(suite.client(AuthService).requestCode(ask))).toBe('TOKEN_MISSING')
    const code = await requestCode(suite, alice)
    const rows = await suite.sql('auth')`select * from one_time_code`
    expect(JSON.stringify(rows)).not.toContain(`"${code}"`)
    const signUp = { ...ask, codeId: uuid(), contact: phone(nobody), purpose: CodePurpose.SIGN_UP }
    await suite.client(AuthService).requestCode(signUp)
    expect(await codeSentTo(suite, nobody)).toBe('')
  },
  inMemory,
)
