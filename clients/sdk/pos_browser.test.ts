import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, launch } from '../journeys/browser/testing/chromium.ts'

/** What the page of these tests can call. */
type Shelf = {
  open(): Promise<string>
  append(sequence: number): Promise<string>
  journal(): Promise<number[]>
  sign(): Promise<{ publicKey: string; signed: boolean; readable: boolean }>
  close(): Promise<void>
}

const page = `
  import { indexedDbStore } from '${process.cwd()}/clients/sdk/src/pos/indexed_db_store.ts'
  let store
  const told = (work) => work.then(() => 'ok', (err) => err.name)
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  globalThis.shelf = {
    open: () => told(indexedDbStore('counter').then((opened) => (store = opened))),
    append: (sequence) => {
      const bytes = new Uint8Array([sequence])
      return told(store.append({ sequence, body: bytes, signature: bytes }))
    },
    journal: async () => {
      await store.setNote('seen', 'yes')
      const last = await store.last()
      const all = await store.after(0, 100)
      return [...all.map(({ sequence }) => sequence), last?.sequence ?? 0, (await store.note('seen')) === 'yes' ? 1 : 0]
    },
    sign: async () => {
      const key = await store.key()
      const signature = await key.sign(new Uint8Array([1, 2, 3]))
      const verifier = await crypto.subtle.importKey('raw', key.publicKey, 'Ed25519', false, ['verify'])
      const signed = await crypto.subtle.verify('Ed25519', verifier, signature, new Uint8Array([1, 2, 3]))
      const db = await new Promise((resolve) => {
        const request = indexedDB.open('tms-pos:counter')
        request.onsuccess = () => resolve(request.result)
      })
      const pair = await new Promise((resolve) => {
        const request = db.transaction('keys').objectStore('keys').get('device')
        request.onsuccess = () => resolve(request.result)
      })
      db.close()
      return { publicKey: hex(key.publicKey), signed, readable: pair.privateKey.extractable }
    },
    close: () => store.close(),
  }`

/** The page's script with all that it imports, as a browser takes it. */
async function bundled(): Promise<string> {
  const entry = '\u0000shelf'
  const made = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      { name: 'shelf', resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? page : null) },
    ],
    build: { write: false, minify: false, rollupOptions: { input: entry, output: { format: 'es' } } },
  })
  const [chunk] = 'output' in made ? made.output : []
  if (chunk?.type !== 'chunk') throw new Error('the page could not be bundled')
  return chunk.code
}

describe.runIf(chromiumPath !== undefined)('a counter in a browser', () => {
  let server: Server
  let browser: Browser
  let context: BrowserContext
  let address: string

  beforeAll(async () => {
    const script = await bundled()
    server = createServer((request, response) => {
      const isScript = request.url === '/shelf.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      response.end(isScript ? script : '<!doctype html><script type="module" src="/shelf.js"></script>')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    browser = await launch()
    context = await browser.newContext()
  })

  afterAll(async () => {
    await browser.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  async function tab(): Promise<Page> {
    const opened = await context.newPage()
    await opened.goto(address)
    await opened.waitForFunction(() => 'shelf' in globalThis)
    return opened
  }

  /** Calls the page by the name of what it offers. */
  async function ask<Name extends keyof Shelf>(
    on: Page,
    name: Name,
    sequence = 0,
  ): Promise<Awaited<ReturnType<Shelf[Name]>>> {
    const answer: unknown = await on.evaluate(
      ([method, number]: [string, number]) => {
        const { shelf } = globalThis as unknown as { shelf: Record<string, (number: number) => unknown> }
        return shelf[method]?.(number)
      },
      [name, sequence] as [string, number],
    )
    return answer as Awaited<ReturnType<Shelf[Name]>>
  }

  test('one tab has the device at a time, also after a crash; what it wrote is there after a reload, and is never written over [S1-66]', async () => {
    const first = await tab()
    expect(await ask(first, 'open')).toBe('ok')
    expect(await ask(first, 'append', 1)).toBe('ok')
    expect(await ask(first, 'append', 2)).toBe('ok')
    expect(await ask(first, 'append', 2)).toBe('ConstraintError')
    const { publicKey, ...key } = await ask(first, 'sign')
    expect(key).toEqual({ signed: true, readable: false })

    const second = await tab()
    expect(await ask(second, 'open')).toBe('DeviceBusyError')
    // The first tab is gone without a word.
    await first.close()
    await expect.poll(() => ask(second, 'open'), { timeout: 10_000 }).toBe('ok')
    expect(await ask(second, 'journal')).toEqual([1, 2, 2, 1])
    expect((await ask(second, 'sign')).publicKey).toBe(publicKey)

    await second.reload()
    await second.waitForFunction(() => 'shelf' in globalThis)
    await expect.poll(() => ask(second, 'open'), { timeout: 10_000 }).toBe('ok')
    expect(await ask(second, 'append', 3)).toBe('ok')
    expect(await ask(second, 'journal')).toEqual([1, 2, 3, 3, 1])
  }, 60_000)
})

test.runIf(chromiumPath === undefined)('a counter in a browser is not tried: this machine has no Chromium', () => {
  expect(chromiumPath).toBeUndefined()
})
