import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { reasonOf } from '../reasons.ts'
import type { SessionKeeper } from './keeper.ts'

/**
 * Sends the session's token with every call; a unary call that is refused because it ran out is repeated once with the
 * next one. (Nothing of such a call has happened: it was refused before it began.)
 */
export function withSession(keeper: SessionKeeper): Interceptor {
  return (next) => async (req) => {
    const token = await keeper.token()
    if (token === undefined || req.header.has('authorization')) return next(req)
    req.header.set('authorization', `Bearer ${token}`)
    if (req.stream) return next(req)
    try {
      return await next(req)
    } catch (err) {
      if (!(await renewed(keeper, err, token))) throw err
      req.header.set('authorization', `Bearer ${(await keeper.token()) ?? ''}`)
      return next(req)
    }
  }
}

/** Whether a call that was refused for its token has another one to be tried with; an ended session is forgotten. */
export async function renewed(keeper: SessionKeeper, err: unknown, token: string | undefined): Promise<boolean> {
  if (!(err instanceof ConnectError) || err.code !== Code.Unauthenticated) return false
  switch (reasonOf(err)) {
    case 'TOKEN_EXPIRED':
    case 'TOKEN_INVALID':
    case 'SESSION_REVOKED': // auth tells by the refresh whether it is over, or was replaced in another tab
      return keeper.renew(token).catch(() => false)
    default:
      return false
  }
}
