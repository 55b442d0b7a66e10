import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Turnstile } from './turnstile.ts'

test('so many pass in a turn, the others in the next ones, in their order; who comes later does not overtake', async () => {
  const turnstile = new Turnstile(3)
  const passed: number[] = []
  const go = async (n: number) => {
    await new Promise<void>((resolve) => {
      const turn = () => {
        turnstile.count()
        resolve()
      }
      if (turnstile.pass(turn)) resolve()
    })
    passed.push(n)
  }
  const all = Array.from({ length: 8 }, (_, n) => go(n))
  await Promise.resolve()
  const seen = [[...passed]] // of this turn
  for (let turn = 0; passed.length < 9 && turn < 20; turn++) {
    await nextTurn()
    seen.push([...passed])
    if (turn === 0) all.push(go(8))
  }
  await Promise.all(all)
  expect(passed).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  const steps = seen.map((now, i) => now.length - (seen[i - 1]?.length ?? 0))
  expect(Math.max(...steps)).toBeLessThanOrEqual(3)
})

test('who comes alone passes at once, turn after turn', async () => {
  const turnstile = new Turnstile(2)
  for (let turn = 0; turn < 10; turn++) {
    expect(turnstile.pass(() => undefined)).toBe(true)
    await nextTurn()
    await nextTurn()
  }
})

test('who brings several when it is his turn leaves less of the turn to those behind him', async () => {
  const turnstile = new Turnstile(4)
  while (turnstile.pass(() => undefined));
  const turns: string[] = []
  let turn = 0
  for (const name of ['a', 'b', 'c']) {
    turnstile.pass(() => {
      for (let i = 0; i < 3; i++) turnstile.count()
      turns.push(`${name}${turn}`)
    })
  }
  for (; turn < 5; turn++) await nextTurn()
  const inTurns = Map.groupBy(turns, (one) => one.slice(1))
  expect(turns.map((one) => one[0])).toEqual(['a', 'b', 'c'])
  expect([...inTurns.values()].map(({ length }) => length)).toEqual([2, 1])
})
