import type { DescService } from '@bufbuild/protobuf'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import type { SigningKey } from '#gen/tms/auth/v1/signing_key_pb.ts'
import type { Ctx } from './context.ts'
import { answerJson, isGone, type Res } from './edge/http.ts'
import type { DoorParts } from './edge/door.ts'
import { inboundReceiver } from './inbound/inbound.ts'
import { pagesOf } from './pages.ts'
import { realtimeFeeds } from './realtime.ts'
import { healthRoutes, type HealthStates } from './standard/health.ts'
import { reflectionRoutes } from './standard/reflection.ts'
import type { Web } from './web/web.ts'
import { Health } from '#gen/grpc/health/v1/health_pb.ts'

const keysKeptMs = 60_000

/** Everything that is answered here and is no RPC of the suite: health, reflection, callbacks of providers, feeds, the web app. */
export function othersOf(
  ctx: Ctx,
  services: readonly DescService[],
  health: HealthStates,
  isDraining: () => boolean,
  web: Web | undefined,
): DoorParts['others'] {
  const standard = connectNodeAdapter({
    routes: (router) => {
      healthRoutes(router, health)
      reflectionRoutes(router, [...services, Health])
    },
    readMaxBytes: 65_536,
  })
  const pages = pagesOf({ isDraining, signingKeys: cachedKeys(ctx), metricsToken: ctx.settings.metricsToken })
  const { payment, notification, tracking } = ctx.peers
  const receiveInbound = inboundReceiver(
    {
      payment: (request) => payment.receiveCallback(request),
      notification: (request) => notification.receiveDeliveryReport(request),
    },
    ctx.log,
  )
  const feeds = realtimeFeeds({
    read: (request) => tracking.getRealtimeFeed(request),
    now: () => ctx.clock.now().getTime(),
  })
  return (req, res, path, address) => {
    const page = pages.get(path)
    if (page) settle(ctx, res, page(req, res, address))
    else if (path.startsWith('/inbound/')) settle(ctx, res, receiveInbound(req, res, address))
    else if (path.startsWith('/gtfs-realtime/')) settle(ctx, res, feeds(req, res))
    else if (path.startsWith('/grpc.')) standard(req, res)
    else {
      const answered = web?.(req, res, path, address)
      if (!answered) return false
      settle(ctx, res, answered)
    }
    return true
  }
}

/** A page that fails tells its reader that it did, and us why. */
function settle(ctx: Ctx, res: Res, work: Promise<void> | void): void {
  work?.catch((err: unknown) => {
    ctx.log.error({ err }, 'a page failed')
    if (!isGone(res) && !res.headersSent) answerJson(res, 503, { message: 'try again' })
  })
}

function cachedKeys(ctx: Ctx): () => Promise<readonly SigningKey[]> {
  let kept: { keys: Promise<readonly SigningKey[]>; untilMs: number } | undefined
  return () => {
    const nowMs = ctx.clock.now().getTime()
    if (kept && kept.untilMs > nowMs) return kept.keys
    const keys = ctx.peers.auth.listSigningKeys({}).then((answer) => answer.keys)
    kept = { keys, untilMs: nowMs + keysKeptMs }
    keys.catch(() => (kept = undefined))
    return keys
  }
}
