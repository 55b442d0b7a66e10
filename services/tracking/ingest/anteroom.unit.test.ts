import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Anteroom } from './anteroom.ts'

/** Work that ends when it is told to. */
function work(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const run = () => {
    log.push(name)
    return promise
  }
  return { run, end: resolve, fail: () => reject(new Error(name)) }
}

test('so many are inside at once, the others follow in their order, also after one that failed', async () => {
  const [anteroom, log] = [new Anteroom(2), [] as string[]]
  const works = ['a', 'b', 'c', 'd'].map((name) => work(log, name))
  const done = works.map(({ run }) => anteroom.enter(undefined, run).catch(() => 'failed'))
  await nextTurn()
  expect(log).toEqual(['a', 'b'])
  works[1]!.fail()
  await nextTurn()
  expect(log).toEqual(['a', 'b', 'c'])
  for (const { end } of works) end()
  expect(await Promise.all(done)).toEqual([undefined, 'failed', undefined, undefined])
  expect(log).toEqual(['a', 'b', 'c', 'd'])
})

test('who gave up while he waited costs nothing, and holds up nobody', async () => {
  const [anteroom, log] = [new Anteroom(1), [] as string[]]
  const [first, second, third] = ['a', 'b', 'c'].map((name) => work(log, name)) as [
    ReturnType<typeof work>,
    ReturnType<typeof work>,
    ReturnType<typeof work>,
  ]
  const gone = new AbortController()
  const done = [anteroom.enter(undefined, first.run), anteroom.enter(undefined, third.run)]
  const refused = anteroom.enter(gone.signal, second.run)
  gone.abort()
  first.end()
  third.end()
  await expect(refused).rejects.toThrow('went away')
  await Promise.all(done)
  expect(log).toEqual(['a', 'c'])
  // It is empty again.
  await anteroom.enter(undefined, () => Promise.resolve())
})
