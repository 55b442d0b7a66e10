import { existsSync } from 'node:fs'
import type http from 'node:http'
import { isGone } from '../edge/http.ts'
import { protect } from './headers.ts'
import { isPagePath, type Web } from './web.ts'

const LOOK_MS = 200
const RETRY_SECONDS = 2

/** What is read meanwhile; it asks again by itself. */
const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="${RETRY_SECONDS}">
<meta name="viewport" content="width=device-width"><title>One moment · TMS</title></head>
<body><h1>One moment</h1><p>The portal is being built. This page turns by itself.</p></body></html>
`

/**
 * Serves a web app whose folder comes later, whole from its first moment: until then its pages ask their readers to wait,
 * and everything else of the gateway is served.
 */
export async function awaitedWeb(
  folder: string,
  open: () => Promise<Web>,
  failed: (err: unknown) => void,
): Promise<Web> {
  if (existsSync(folder)) return open()
  let web: Web | undefined
  const timer = setInterval(() => {
    if (!existsSync(folder)) return
    clearInterval(timer)
    open().then((opened) => (web = opened), failed)
  }, LOOK_MS)
  timer.unref()
  return (req, res, path, address) => {
    if (web) return web(req, res, path, address)
    if (req.method !== 'GET' || !isPagePath(path)) return undefined
    if (isGone(res)) return Promise.resolve()
    protect(res)
    const out = res as http.ServerResponse
    out.writeHead(503, {
      'retry-after': RETRY_SECONDS.toString(),
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    })
    out.end(PAGE)
    return Promise.resolve()
  }
}
