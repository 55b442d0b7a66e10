import { Code, ConnectError } from '@connectrpc/connect'
import type { Tms } from '../../clients/sdk/src/node.ts'
import type { PosTms } from '../../clients/sdk/src/pos/node.ts'

/** A client whose network can be cut and restored. */
export function networkWithOutages(tms: Tms) {
  let up = true
  let cuts = 0
  const behind: PosTms = {
    client: (service) =>
      new Proxy(tms.client(service), {
        get: (target, name) => {
          const call: unknown = Reflect.get(target, name)
          if (typeof call !== 'function') return call
          return (...args: unknown[]): unknown => {
            if (!up) return Promise.reject(new ConnectError('there is no network', Code.Unavailable))
            return (call as (...args: unknown[]) => unknown)(...args)
          }
        },
      }),
  }
  return {
    tms: behind,
    cut: () => {
      cuts += up ? 1 : 0
      up = false
    },
    restore: () => {
      up = true
    },
    cuts: () => cuts,
  }
}
