import { createHash } from 'node:crypto'
import type http from 'node:http'
import { Code, ConnectError } from '@connectrpc/connect'
import { RealtimeFeedKind } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { answerJson, headerOf, isGone, pathOf, type Req, type Res } from './edge/http.ts'

/** Which feed is asked for. */
export type FeedRequest = { readonly companySlug: string; readonly kind: RealtimeFeedKind; readonly json: boolean }

/** What the feeds need. */
export type FeedParts = {
  readonly read: (request: FeedRequest) => Promise<{ readonly content: Uint8Array }>
  readonly now: () => number
}

const KINDS: Readonly<Record<string, RealtimeFeedKind>> = {
  'vehicle-positions': RealtimeFeedKind.VEHICLE_POSITIONS,
  'trip-updates': RealtimeFeedKind.TRIP_UPDATES,
  alerts: RealtimeFeedKind.ALERTS,
}

/** What is asked again within this time is answered from memory, so that a crowd costs one question. */
const KEPT_MS = 2_000
const MOST_KEPT = 300

type Kept = { readonly untilMs: number; readonly feed: Promise<{ readonly bytes: Buffer; readonly tag: string }> }

/** Serves GTFS-Realtime of companies that publish it: `/gtfs-realtime/<company_slug>/<kind>.pb` and `.json`. */
export function realtimeFeeds({ read, now }: FeedParts): (req: Req, res: Res) => Promise<void> {
  const kept = new Map<string, Kept>()

  function feedAt(path: string, request: FeedRequest): Kept['feed'] {
    const nowMs = now()
    const known = kept.get(path)
    if (known && known.untilMs > nowMs) return known.feed
    const feed = read(request).then(({ content }) => {
      const bytes = Buffer.from(content)
      return { bytes, tag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` }
    })
    feed.catch(() => kept.delete(path))
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(path, { untilMs: nowMs + KEPT_MS, feed })
    return feed
  }

  return async (req, res) => {
    const path = pathOf(req)
    const found = /^\/gtfs-realtime\/([a-z0-9-]{1,63})\/([a-z-]{1,20})\.(pb|json)$/.exec(path)
    const [, companySlug = '', name = '', format] = found ?? []
    const kind = KINDS[name]
    if (kind === undefined) return answerJson(res, 404, { message: 'no such feed' })
    if (req.method !== 'GET' && req.method !== 'HEAD') return answerJson(res, 405, { message: 'GET or HEAD' })
    try {
      const { bytes, tag } = await feedAt(path, { companySlug, kind, json: format === 'json' })
      if (!isGone(res)) answerFeed(req, res as http.ServerResponse, bytes, tag, format === 'json')
    } catch (err) {
      if (ConnectError.from(err).code !== Code.NotFound) throw err
      answerJson(res, 404, { message: 'no such feed' })
    }
  }
}

function answerFeed(req: Req, res: http.ServerResponse, bytes: Buffer, tag: string, isJson: boolean): void {
  res.setHeader('etag', tag)
  res.setHeader('cache-control', 'public, max-age=5')
  // It is made for everybody: other sites may show it.
  res.setHeader('access-control-allow-origin', '*')
  const isKnown = headerOf(req, 'if-none-match') === tag
  res.statusCode = isKnown ? 304 : 200
  if (isKnown) return void res.end()
  res.setHeader('content-type', isJson ? 'application/json' : 'application/x-protobuf')
  res.setHeader('content-length', bytes.length)
  res.end(req.method === 'HEAD' ? undefined : bytes)
}
