import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code, ConnectError } from '@connectrpc/connect'
import { PointOfSaleService } from '../../../gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Suite } from '../../../services/kit/testing/index.ts'
import { agent, manager } from '../../../services/ticketing/testing/counter.ts'
import { newCompany, newId, putOnSale, tripOf } from '../../../services/ticketing/testing/network.ts'
import { fileStore, PosTerminal, type PosTms } from '../src/pos/node.ts'

/** How the network of a device behaves. */
type Network = { state: 'up' | 'down' | 'losing answers'; calls: number }

/** A company with a trip, and a device of it in a folder; its network can be switched. */
export async function aCounter(suite: Suite) {
  const company = newCompany()
  const [tripId] = await putOnSale(suite, tripOf(company))
  const who = agent(company.tenantId)
  const office = suite.client(PointOfSaleService, manager(company.tenantId))
  const deviceId = newId()
  const stationStopId = company.stops[0]!.stopId
  const { enrolmentCode } = await office.createPosDevice({ deviceId, name: 'Counter 1', stationStopId })
  const network: Network = { state: 'up', calls: 0 }
  const folder = mkdtempSync(join(tmpdir(), 'counter-'))
  let clockMs = 0
  const open = async () =>
    PosTerminal.open(tmsBehind(suite, who, network), {
      store: await fileStore(folder),
      agentUserId: who.userId!,
      now: () => new Date(suite.clock.now().getTime() + clockMs),
      backoff: { firstWaitMs: 5, longestWaitMs: 20 },
    })
  return {
    ...{ company, tripId: tripId!, deviceId, enrolmentCode, network, folder, open, office },
    moveClock: (ms: number) => (clockMs += ms),
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function tmsBehind(suite: Suite, who: ReturnType<typeof agent>, network: Network): PosTms {
  const cut = () => new ConnectError('the network was cut', Code.Unavailable)
  return {
    client: (service) =>
      new Proxy(suite.client(service, who), {
        get: (target, name) => {
          const call: unknown = Reflect.get(target, name)
          if (typeof call !== 'function') return call
          return async (...args: unknown[]) => {
            network.calls += 1
            if (network.state === 'down') throw cut()
            const answer: unknown = await (call as (...args: unknown[]) => unknown)(...args)
            if (network.state === 'losing answers') throw cut()
            return answer
          }
        },
      }),
  }
}
