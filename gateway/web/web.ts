import { createHash } from 'node:crypto'
import type http from 'node:http'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { headerOf, isGone, type Req, type Res } from '../edge/http.ts'
import { protect } from './headers.ts'
import { pageCache } from './page_cache.ts'
import type { Asset, PageRequest, RenderedPage, Site } from './site.ts'

/** What the web part needs to know of where it is. */
export type WebParts = {
  readonly site: Site
  readonly publicUrl: string
  readonly ticketing: PageRequest['ticketing']
  readonly now: () => Date
  /** Counts a page that must be drawn against the budget of its address. @throws {ConnectError} when that is used up */
  readonly count: (address: string) => unknown
  /** Where pages may open sockets. */
  readonly liveOrigins: () => Promise<readonly string[]> | readonly string[]
}

/** Answers with a page or a file; undefined when the request is for something else. */
export type Web = (req: Req, res: Res, path: string, address: string) => Promise<void> | undefined

const YEAR = 'public, max-age=31536000, immutable'
/** Longer addresses are nobody's search. */
const LONGEST_ADDRESS = 2_000
const brotli = promisify(zlib.brotliCompress)
/** Fast enough for every page, and within a tenth of the best. */
const QUICKLY = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }

/** Serves the web app: its files by name, and its pages drawn on the server. */
export function webOf({ site, publicUrl, ticketing, now, count, liveOrigins }: WebParts): Web {
  const pages = pageCache(() => now().getTime())
  const packed = new WeakMap<RenderedPage, { tag: string; bytes: Buffer; brotli: Promise<Buffer> }>()

  function packedOf(page: RenderedPage) {
    const known = packed.get(page)
    if (known) return known
    const bytes = Buffer.from(page.html)
    const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    const made = { tag, bytes, brotli: brotli(bytes, QUICKLY) }
    packed.set(page, made)
    return made
  }

  async function answerPage(req: Req, res: Res, path: string, address: string): Promise<void> {
    protect(res, await liveOrigins())
    const url = req.url ?? '/'
    const search = url.slice(path.length)
    const page = await pages.of(url, async () => {
      await count(address)
      return site.render({ path, search, now: now(), publicUrl, ticketing })
    })
    const { tag, bytes, brotli } = packedOf(page)
    res.setHeader('cache-control', 'no-cache')
    res.setHeader('etag', tag)
    res.setHeader('vary', 'accept-encoding')
    if (headerOf(req, 'if-none-match') === tag) return end(res, 304, undefined)
    res.setHeader('content-type', page.contentType ?? 'text/html; charset=utf-8')
    const takesBrotli = accepts(req, 'br')
    if (takesBrotli) res.setHeader('content-encoding', 'br')
    end(res, page.status, req.method === 'HEAD' ? undefined : takesBrotli ? await brotli : bytes)
  }

  return (req, res, path, address) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') return undefined
    const asset = site.assets.get(path)
    const isPage = (isPagePath(path) || site.texts.has(path)) && (req.url ?? '').length <= LONGEST_ADDRESS
    if (!asset && !isPage) return undefined
    if (!asset) return answerPage(req, res, path, address)
    protect(res)
    answerAsset(req, res, asset)
    return Promise.resolve()
  }
}

/** Calls of the suite, of its standards and files that are not there are no pages. */
export function isPagePath(path: string): boolean {
  return !/^\/(?:tms|grpc|inbound|assets)[./]/.test(path) && !/\.[a-z0-9]{2,12}$/i.test(path)
}

function answerAsset(req: Req, res: Res, asset: Asset): void {
  res.setHeader('content-type', asset.contentType)
  res.setHeader('cache-control', asset.immutable ? YEAR : 'no-cache')
  res.setHeader('vary', 'accept-encoding')
  const [encoding, body] = bestOf(req, asset)
  if (encoding !== undefined) res.setHeader('content-encoding', encoding)
  end(res, 200, req.method === 'HEAD' ? undefined : body)
}

function bestOf(req: Req, { brotli, gzip, body }: Asset): readonly [string | undefined, Buffer] {
  if (brotli && accepts(req, 'br')) return ['br', brotli]
  return gzip && accepts(req, 'gzip') ? ['gzip', gzip] : [undefined, body]
}

function accepts(req: Req, encoding: string): boolean {
  return new RegExp(`(?:^|[,\\s])${encoding}(?:$|[,;\\s])`).test(headerOf(req, 'accept-encoding') ?? '')
}

function end(res: Res, status: number, body: Buffer | undefined): void {
  if (isGone(res)) return
  const out = res as http.ServerResponse
  out.statusCode = status
  if (body) out.setHeader('content-length', body.length)
  out.end(body)
}
