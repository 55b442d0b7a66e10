import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { Req, Res } from '../edge/http.ts'
import { awaitedWeb } from './awaited.ts'
import { liveOrigins } from './live_origins.ts'
import { pageCache } from './page_cache.ts'

const page = (html: string, cacheSeconds = 5) => ({ status: 200, html, cacheSeconds })

describe('drawn pages', () => {
  test('whoever asks while a page is being drawn waits for the same drawing', async () => {
    let drawings = 0
    const cache = pageCache(() => 0)
    const draw = async () => page(`${++drawings}`)
    const [first, second] = await Promise.all([cache.of('/', draw), cache.of('/', draw)])
    expect([first.html, second.html, drawings]).toEqual(['1', '1', 1])
  })

  test('a page that is a little old is shown while the next is drawn, one that is too old is not', async () => {
    let nowMs = 0
    let drawings = 0
    const cache = pageCache(() => nowMs)
    const read = async () => (await cache.of('/', async () => page(`${++drawings}`))).html
    expect(await read()).toBe('1')
    nowMs = 6_000
    expect(await read()).toBe('1')
    expect(await read()).toBe('2')
    nowMs = 60_000
    expect(await read()).toBe('3')
  })

  test('a page that cannot be drawn is tried again, and a page of nobody else is not kept', async () => {
    const cache = pageCache(() => 0)
    await expect(cache.of('/', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    expect((await cache.of('/', async () => page('there', 0))).html).toBe('there')
    expect((await cache.of('/', async () => page('new'))).html).toBe('new')
  })

  test('the pages used last stay when there are too many', async () => {
    const cache = pageCache(() => 0, 2)
    let drawings = 0
    const read = (key: string) => cache.of(key, async () => page(`${key}${++drawings}`))
    for (const key of ['/a', '/b', '/a', '/c']) await read(key)
    expect((await read('/a')).html).toBe('/a1')
    expect((await read('/b')).html).toBe('/b4')
  })
})

describe('where pages may open sockets', () => {
  test('is told as origins, once a minute, and stays while nobody answers', async () => {
    let nowMs = 0
    let answer: () => Promise<string[]> = async () => ['ws://127.0.0.1:8001/live', 'wss://live.tms.rw/live', 'nonsense']
    const origins = liveOrigins(
      () => answer(),
      () => nowMs,
    )
    expect(await origins()).toEqual(['ws://127.0.0.1:8001', 'wss://live.tms.rw'])
    answer = () => Promise.reject(new Error('away'))
    nowMs = 61_000
    expect(await origins()).toEqual(['ws://127.0.0.1:8001', 'wss://live.tms.rw'])
    await Promise.resolve()
    answer = async () => ['wss://other.tms.rw/live']
    nowMs = 64_000
    await origins()
    await new Promise(setImmediate)
    expect(await origins()).toEqual(['wss://other.tms.rw'])
  })

  test('is nowhere while tracking was never heard of', async () => {
    const origins = liveOrigins(
      () => Promise.reject(new Error('away')),
      () => 0,
    )
    expect(await origins()).toEqual([])
  })
})

test('a portal that is still being built asks its readers to wait, keeps away from calls, and is served once it is there', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'web-'))
  const folder = join(dir, 'portal')
  const served: string[] = []
  const web = await awaitedWeb(
    folder,
    async () => async (_req, _res, path) => void served.push(path),
    () => undefined,
  )
  const ask = (path: string) => {
    const said: { status?: number; body?: string } = {}
    const res = {
      setHeader: () => undefined,
      writeHead: (status: number) => (said.status = status),
      end: (body: string) => (said.body = body),
    } as unknown as Res
    return { said, answered: web({ method: 'GET', url: path } as Req, res, path, '127.0.0.1') }
  }
  expect(ask('/bus/kigali/huye').said).toMatchObject({
    status: 503,
    body: expect.stringContaining('being built') as string,
  })
  expect(ask('/tms.ticketing.v1.TicketingService/SearchTrips').answered).toBeUndefined()
  mkdirSync(folder)
  await vi.waitFor(() => {
    void ask('/')
    expect(served).toContain('/')
  }, 10_000)
  rmSync(dir, { recursive: true })
})
