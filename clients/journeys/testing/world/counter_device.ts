import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Suite } from '#kit/testing'
import { networkWithOutages } from '../../../../scripts/pos/network.ts'
import type { Tms } from '../../../sdk/src/node.ts'
import { fileStore, PosTerminal } from '../../../sdk/src/pos/node.ts'
import { id } from './companies.ts'

/** A device of a counter as its agent holds it: what it wrote is in a folder, its network can be cut. */
export type CounterDevice = {
  readonly deviceId: string
  readonly terminal: PosTerminal
  readonly network: ReturnType<typeof networkWithOutages>
  /** Shuts it down and starts it again, with its agent signed in anew. */
  restart(agent: Tms): Promise<CounterDevice>
  /** Shuts it down for good, and throws its folder away. */
  remove(): Promise<void>
}

/** A device that the office has made for a station and the agent has enrolled. */
export async function enrolledCounter(
  suite: Suite,
  office: Tms,
  agent: { readonly tms: Tms; readonly userId: string },
  stationStopId: string,
): Promise<CounterDevice> {
  const deviceId = id()
  const { enrolmentCode } = await office.pointOfSale.createPosDevice({ deviceId, name: 'Counter', stationStopId })
  const device = await opened(suite, mkdtempSync(join(tmpdir(), 'counter-')), deviceId, agent)
  await device.terminal.enrol(enrolmentCode)
  return device
}

async function opened(
  suite: Suite,
  folder: string,
  deviceId: string,
  { tms, userId }: { readonly tms: Tms; readonly userId: string },
): Promise<CounterDevice> {
  const network = networkWithOutages(tms)
  const terminal = await PosTerminal.open(network.tms, {
    store: await fileStore(folder),
    agentUserId: userId,
    now: () => suite.clock.now(),
  })
  return {
    ...{ deviceId, terminal, network },
    restart: async (agent) => {
      await terminal.close()
      return opened(suite, folder, deviceId, { tms: agent, userId })
    },
    remove: async () => {
      await terminal.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
