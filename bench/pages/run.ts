import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { builtWeb } from '../../deploy/web/index.ts'
import { baseUrl, createDatabase, openStage, withSuite } from '../lib/stage.ts'
import { percentile, round } from '../lib/stats.ts'
import { touchOnAPhone } from './touch.ts'

/** Pages that search engines and first-time visitors ask for. */
const PAGES = ['/', '/bus/kigali/huye', '/rw/bus/kigali/huye', '/from/kigali', '/company/ishema-lines'] as const

/**
 * How soon public pages begin to come from the gateway's cache, beside a server that does nothing but send the same bytes;
 * and, where there is a Chromium, what a cheap phone makes of the page with the most on it.
 */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({ args: [...args], options: { requests: { type: 'string', default: '500' } } })
  const webDir = await builtWeb('.tms')
  const stage = await openStage()
  try {
    await createDatabase(stage, 'pages')
    const env = { GATEWAY_WEB_DIR: webDir, TICKETING_CONNECTIONS_CACHE_SECONDS: '0' }
    return await withSuite(stage, 'pages', env, async () => {
      const url = baseUrl(stage)
      const bytes = await Promise.all(PAGES.map((path) => bodyOf(url + path)))
      const ours = await timesOf(
        PAGES.map((path) => url + path),
        Number(values.requests),
      )
      const bare = await bareTimes(bytes, Number(values.requests))
      return {
        bench: 'pages',
        ttfb_p50_ms: round(percentile(ours, 0.5), 2),
        ttfb_p99_ms: round(percentile(ours, 0.99), 2),
        bare_p50_ms: round(percentile(bare, 0.5), 2),
        bare_p99_ms: round(percentile(bare, 0.99), 2),
        ratio_p50: round(percentile(bare, 0.5) / percentile(ours, 0.5), 3),
        requests: ours.length,
        ...(await touchOnAPhone(url)),
      }
    })
  } finally {
    await stage.infra.stop()
  }
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
const headers = { 'accept-encoding': 'br' }

/** Milliseconds from a request to the first byte of its answer, sorted; each page in turn, on one connection. */
async function timesOf(urls: readonly string[], requests: number): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < requests; i++) {
    const startMs = performance.now()
    const request = http.get(urls[i % urls.length] ?? '', { agent, headers })
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    times.push(performance.now() - startMs)
    if (response.statusCode !== 200) throw new Error(`${urls[i % urls.length]} answers ${response.statusCode}`)
    response.resume()
    await once(response, 'end')
  }
  return times.sort((a, b) => a - b)
}

const ATTEMPTS = 300

/** A page as it goes out; asked until the trips of a suite that has just begun are on sale, so that it is kept. */
async function bodyOf(url: string): Promise<Buffer> {
  for (let attempt = 0; attempt < ATTEMPTS && (await fetch(url)).status !== 200; attempt++) await sleep(200)
  return new Promise((resolve, reject) => {
    http
      .get(url, { headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)))
      })
      .on('error', reject)
  })
}

/** The same bytes by a server that has nothing else to do. */
async function bareTimes(bodies: readonly Buffer[], requests: number): Promise<number[]> {
  const server = http.createServer((request, response) => {
    const body = bodies[Number(request.url?.slice(1))] ?? Buffer.alloc(0)
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'br', 'content-length': body.length })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const times = await timesOf(
    bodies.map((_, i) => `http://127.0.0.1:${port}/${i}`),
    requests,
  )
  agent.destroy()
  server.close()
  return times
}
