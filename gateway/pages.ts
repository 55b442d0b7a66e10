import { timingSafeEqual } from 'node:crypto'
import { registry } from '#kit'
import type { SigningKey } from '#gen/tms/auth/v1/signing_key_pb.ts'
import { isLoopback } from './edge/address.ts'
import { answer, answerJson, type Req, type Res } from './edge/http.ts'

/** A page of the gateway itself. */
export type Page = (req: Req, res: Res, address: string) => Promise<void> | void

export type PagesOptions = {
  readonly isDraining: () => boolean
  /** The public keys of access tokens. */
  readonly signingKeys: () => Promise<readonly SigningKey[]>
  /** Opens the metrics to who brings it; `none` leaves them to this machine. */
  readonly metricsToken: string
}

/** The pages that are not RPCs, by path. */
export function pagesOf({ isDraining, signingKeys, metricsToken }: PagesOptions): ReadonlyMap<string, Page> {
  return new Map<string, Page>([
    // Alive: the process answers. A gateway that drains is alive and not ready.
    [
      '/healthz',
      (_req, res) => {
        answerJson(res, 200, { status: 'alive' })
      },
    ],
    [
      '/readyz',
      (_req, res) => {
        if (isDraining()) answerJson(res, 503, { status: 'draining' })
        else answerJson(res, 200, { status: 'ready' })
      },
    ],
    [
      '/.well-known/jwks.json',
      async (_req, res) => {
        answerJwks(res, await signingKeys())
      },
    ],
    [
      '/metrics',
      async (req, res, address) => {
        if (!mayReadMetrics(req, address, metricsToken)) return answerJson(res, 404, { message: 'not found' })
        answer(res, 200, registry.contentType, await registry.metrics())
      },
    ],
  ])
}

/** The keys as a JSON Web Key Set (RFC 7517), for whoever verifies access tokens outside the suite. */
function answerJwks(res: Res, keys: readonly SigningKey[]): void {
  const jwks = keys.map(({ keyType, curve, x, algorithm, keyId }) => ({
    kty: keyType,
    crv: curve,
    x,
    alg: algorithm,
    kid: keyId,
    use: 'sig',
  }))
  answerJson(res, 200, { keys: jwks })
}

/** Metrics tell how much business is done: for this machine, and for who has the token. */
function mayReadMetrics(req: Req, address: string, token: string): boolean {
  if (token === 'none') return isLoopback(address)
  const given = Buffer.from(req.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
