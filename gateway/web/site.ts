import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Client } from '@connectrpc/connect'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'

/** A page that somebody asks for, and whom its renderer may ask for what stands on it. */
export type PageRequest = {
  readonly path: string
  /** With its question mark; empty when there is none. */
  readonly search: string
  readonly now: Date
  readonly publicUrl: string
  readonly ticketing: Client<typeof TicketingService>
}

/** A whole document, and how long it is good for anybody who asks. */
export type RenderedPage = {
  readonly status: number
  readonly html: string
  readonly cacheSeconds: number
  /** HTML when it does not say. */
  readonly contentType?: string
}

/** Draws pages: what the folder's `server/server.js` exports as `render`. */
export type Render = (request: PageRequest) => Promise<RenderedPage>

/** A file as it goes out. */
export type Asset = {
  readonly contentType: string
  readonly body: Buffer
  readonly brotli: Buffer | undefined
  readonly gzip: Buffer | undefined
  /** Whether its name changes with its content. */
  readonly immutable: boolean
}

/** A built web app. */
export type Site = {
  readonly assets: ReadonlyMap<string, Asset>
  /** Addresses that look like files and are drawn as pages are, e.g. `/robots.txt`. */
  readonly texts: ReadonlySet<string>
  readonly render: Render
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/**
 * Reads a built web app: the files that browsers get, all of them into memory, so that no request reaches for the disk by a
 * name of its own making; and the renderer.
 *
 * @throws {Error} when the folder holds no such app
 */
export async function openSite(folder: string): Promise<Site> {
  const files = join(folder, 'client')
  const names = readdirSync(files, { recursive: true, encoding: 'utf8' })
  const assets = names.flatMap((name): [string, Asset][] => {
    const contentType = TYPES[extname(name)]
    if (contentType === undefined || name.startsWith('.')) return []
    const path = join(files, name)
    const body = readFileSync(path)
    const immutable = name.startsWith('assets/')
    return [[`/${name}`, { contentType, body, brotli: beside(path, '.br'), gzip: beside(path, '.gz'), immutable }]]
  })
  const server = (await import(pathToFileURL(join(folder, 'server/server.js')).href)) as {
    render: Render
    TEXTS: readonly string[]
  }
  return { assets: new Map(assets), texts: new Set(server.TEXTS), render: server.render }
}

function beside(path: string, ending: string): Buffer | undefined {
  return existsSync(`${path}${ending}`) ? readFileSync(`${path}${ending}`) : undefined
}
