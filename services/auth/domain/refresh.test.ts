import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideRefresh, type RefreshDecision } from './refresh.ts'

const used = new Date('2026-11-20T08:00:00Z')
const after = (seconds: number) => new Date(used.getTime() + seconds * 1000)

test.each<[string, Date | undefined, boolean, number, RefreshDecision]>([
  ['the newest token is exchanged', undefined, false, 0, 'ROTATE'],
  ['the newest token is exchanged hours later too', undefined, false, 70_000, 'ROTATE'],
  ['a second tab in the same moment gets the same', used, false, 0, 'REPEAT'],
  ['a retry after ten seconds gets the same', used, false, 10, 'REPEAT'],
  ['after the leeway it is re-use', used, false, 10.001, 'REUSED'],
  ['in the leeway it is re-use once somebody went on', used, true, 1, 'REUSED'],
  ['days later it is re-use', used, true, 200_000, 'REUSED'],
])('%s [S3-31]', (_rule, useTime, successorUsed, seconds, decision) => {
  expect(decideRefresh({ useTime, successorUsed }, 10, after(seconds))).toBe(decision)
})

/** A session as a chain of tokens, as the store keeps it. */
class Chain {
  readonly useTimes: (Date | undefined)[] = [undefined]
  ended = false

  /** Presents token `index` and returns the index of the token that its holder goes on with. */
  present(index: number, now: Date): number | undefined {
    if (this.ended) return undefined
    const known = { useTime: this.useTimes[index], successorUsed: this.useTimes[index + 1] !== undefined }
    const decision = decideRefresh(known, 10, now)
    if (decision === 'REUSED') {
      this.ended = true
      return undefined
    }
    if (decision === 'ROTATE') {
      this.useTimes[index] = now
      this.useTimes.push(undefined)
    }
    return index + 1
  }
}

test('owner and thief never both go on: with one token in two hands, the session ends within two refreshes', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 12, maxLength: 40 }), (ownersTurn) => {
      const chain = new Chain()
      const held = { owner: 0, thief: 0 }
      ownersTurn.forEach((owner, i) => {
        const who = owner ? 'owner' : 'thief'
        // More than a leeway apart: nobody refreshes every ten seconds, access tokens last ten minutes.
        held[who] = chain.present(held[who], after(i * 600)) ?? held[who]
      })
      const turns = { owner: ownersTurn.filter(Boolean).length, thief: ownersTurn.filter((owner) => !owner).length }
      if (turns.owner > 0 && turns.thief > 0) expect(chain.ended).toBe(true)
    }),
  )
})

test('any number of tabs at once keep one chain', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 30 }), (moments) => {
      const chain = new Chain()
      const successors = moments.toSorted((a, b) => a - b).map((ms) => chain.present(0, after(ms / 1000)))
      expect(chain.useTimes).toHaveLength(2)
      expect(new Set(successors)).toEqual(new Set([1]))
    }),
  )
})
