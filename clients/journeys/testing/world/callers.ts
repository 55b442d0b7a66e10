import type { Suite, Who } from '#kit/testing'
import { callAsService, callBy, type Outcome, type Request } from '../contract/call.ts'
import { buildFrom, type Tree } from '../contract/tree.ts'
import type { Rpc } from '../contract/rpcs.ts'

/** Calls any RPC of the suite: internal ones as a service, others as one user. */
export type Caller = (rpc: Rpc, tree: Tree) => Promise<Outcome>

/** A caller that acts for a user, and for the suite's own services where only they may call. */
export async function callerAs(suite: Suite, who: Who): Promise<Caller> {
  const token = await suite.token(who)
  const authorization = { authorization: `Bearer ${token}` }
  return (rpc, tree) => {
    const request: Request = buildFrom(rpc.method.input, tree)
    if (rpc.internal) return callAsService(suite, 'gateway', rpc, request)
    return callBy(suite.host.transportTo(rpc.owner), rpc, request, authorization)
  }
}
