import fc from 'fast-check'
import { expect, test } from 'vitest'
import { money } from '#kit'
import { commissionBack } from './commission.ts'

const rwf = (minor: bigint) => money('RWF', minor)
const had = (earnedMinor: bigint, takenBackMinor = 0n) => ({
  ...{ agentUserId: 'a', bearer: 'COMPANY' as const },
  ...{ earnedMinor, takenBackMinor },
})

test.each([
  ['everything', 4500n, had(225n), 225n],
  ['a third', 1500n, had(225n), 75n],
  ['a part of a franc, rounded half up', 10n, had(225n), 1n],
  ['less than half a franc', 9n, had(225n), undefined],
  ['the rest', 4500n, had(225n, 75n), 150n],
  ['a repeat', 1500n, had(225n, 75n), undefined],
  ['nothing was earned', 4500n, had(0n), undefined],
])('%s is taken back of a commission', (_, back, commission, minor) => {
  const taken = commissionBack({ paid: rwf(4500n), back: rwf(back) }, [commission])
  expect(taken.map(({ amount }) => amount.minor)).toEqual(minor === undefined ? [] : [minor])
})

test('however a payment is paid back in parts, some of which fail, the whole commission and no more is taken back', () => {
  const parts = fc.array(fc.record({ minor: fc.bigInt(1n, 900n), fails: fc.boolean() }), { maxLength: 12 })
  fc.assert(
    fc.property(fc.bigInt(0n, 1_000n), parts, (earned, some) => {
      const paid = 1_000n
      let [back, taken] = [0n, 0n]
      for (const { minor, fails } of [...some, { minor: paid, fails: false }]) {
        const part = minor > paid - back ? paid - back : minor
        const [one] = commissionBack({ paid: rwf(paid), back: rwf(back + part) }, [had(earned, taken)])
        if (fails) continue
        back += part
        taken += one?.amount.minor ?? 0n
        expect(taken).toBeLessThanOrEqual(earned)
      }
      expect(taken).toBe(earned)
    }),
  )
})
