import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  handoverAtOnce,
  handoverFrom,
  keyToRotate,
  type KeyTimes,
  listedKeysAt,
  signingKeyAt,
} from './signing_schedule.ts'

const policy = { rotateAfterSeconds: 30 * 86_400, announceSeconds: 900, tokenSeconds: 600 }
const start = new Date('2026-11-20T08:00:00Z')
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000)
const key = (keyId: string, from: number, until?: number, verifyUntil?: number): KeyTimes => ({
  keyId,
  signFromTime: after(from),
  signUntilTime: until === undefined ? undefined : after(until),
  verifyUntilTime: verifyUntil === undefined ? undefined : after(verifyUntil),
})

test('the former key signs until the successor does, and is listed until its last token ran out', () => {
  const keys = [key('old', 0, 900, 1_560), key('new', 900)]
  const at = (seconds: number) => [
    signingKeyAt(keys, after(seconds))?.keyId,
    listedKeysAt(keys, after(seconds)).map((one) => one.keyId),
  ]
  expect(at(0)).toEqual(['old', ['old', 'new']])
  expect(at(899)).toEqual(['old', ['old', 'new']])
  expect(at(900)).toEqual(['new', ['old', 'new']])
  expect(at(1_559)).toEqual(['new', ['old', 'new']])
  expect(at(1_560)).toEqual(['new', ['new']])
})

test('a key gets a successor at thirty days, once', () => {
  const month = 30 * 86_400
  expect(keyToRotate([key('a', 0)], policy, after(month - 1))).toBeUndefined()
  expect(keyToRotate([key('a', 0)], policy, after(month))?.keyId).toBe('a')
  expect(keyToRotate([key('a', 0, month), key('b', month)], policy, after(month))).toBeUndefined()
})

test('a key in strange hands counts no more', () => {
  const { signFromTime, verifyUntilTime } = handoverAtOnce(start)
  expect(listedKeysAt([{ ...key('a', -50), signUntilTime: signFromTime, verifyUntilTime }], start)).toEqual([])
})

test('whenever a token is made in a rotation, its key is listed until the token runs out', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 599 }), (madeAt, age) => {
      const { signFromTime, verifyUntilTime } = handoverFrom(policy, start)
      const keys = [
        { ...key('old', -100), signUntilTime: signFromTime, verifyUntilTime },
        { ...key('new', 0), signFromTime },
      ]
      const signer = signingKeyAt(keys, after(madeAt))
      expect(listedKeysAt(keys, after(madeAt + age))).toContain(signer)
    }),
  )
})
