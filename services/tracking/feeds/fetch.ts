import { AnswerTooLarge, OutboundError, type Outbound, PrivateAddress } from '#kit'
import type { Ctx } from '../context.ts'
import { UnusableFeed } from '../domain/feed/vehicle.ts'

/** A feed is read again so soon that waiting for longer is of no use. */
const TIMEOUT_MS = 8_000
const MOST_CLIENTS = 200

const clients = new WeakMap<Ctx['db'], Map<string, Outbound>>()

/**
 * The bytes that an address answers with.
 *
 * Staff choose the address, so it must be one of the public network, unless the operator says otherwise.
 *
 * @throws {UnusableFeed} when it gives none
 */
export async function fetchFeed(ctx: Ctx, address: string): Promise<Uint8Array> {
  const { origin, pathname, search } = new URL(address)
  try {
    const answer = await clientOf(ctx, origin).send({ method: 'GET', path: `${pathname}${search}`, encoding: 'latin1' })
    if (answer.status !== 200) throw new UnusableFeed('STATUS', `status ${answer.status}`)
    return Buffer.from(answer.text, 'latin1')
  } catch (err) {
    if (!(err instanceof OutboundError)) throw err
    const { cause } = err
    if (cause instanceof AnswerTooLarge) throw new UnusableFeed('TOO_LARGE', cause.message, err)
    if (cause instanceof PrivateAddress) throw new UnusableFeed('ADDRESS_PRIVATE', cause.message, err)
    throw new UnusableFeed('UNREACHABLE', err.breakerOpen ? 'it failed repeatedly' : 'no whole answer in time', err)
  }
}

function clientOf(ctx: Ctx, origin: string): Outbound {
  const own = clients.get(ctx.db) ?? new Map<string, Outbound>()
  clients.set(ctx.db, own)
  const known = own.get(origin)
  if (known) return known
  if (own.size >= MOST_CLIENTS) own.clear()
  const isPublicOnly = !ctx.settings.feedPrivateAddresses
  // One that is away is asked again with the next reading: that is rare enough.
  const breaker = { failures: 20, halfOpenAfterMs: 15_000 }
  const made = ctx.http({
    name: 'vehicle-feed',
    baseUrl: origin,
    timeoutMs: TIMEOUT_MS,
    publicOnly: isPublicOnly,
    breaker,
  })
  own.set(origin, made)
  return made
}
