import { freePort } from '../../../../gateway/testing.ts'
import { createTms, type Tms } from '../../../sdk/src/node.ts'
import { outsideWorld, type World } from './outside.ts'

/** The outside world, and the gateway's place in it. */
export type Town = World & {
  /** Where the gateway opens. */
  readonly baseUrl: string
  /** A passenger's or driver's device, signed in as nobody; closed when the town is stopped. */
  device(): Tms
}

/** Starts the outside world, and points its callbacks at a gateway on a free port. */
export async function townWithGateway(): Promise<Town> {
  const world = await outsideWorld()
  const port = (await freePort()).toString()
  const baseUrl = `http://127.0.0.1:${port}`
  const devices: Tms[] = []
  return {
    ...world,
    baseUrl,
    env: { ...world.env, GATEWAY_PORT: port, MPESA_CALLBACK_BASE_URL: baseUrl, PUBLIC_URL: baseUrl },
    device: () => {
      const device = createTms({ baseUrl, language: 'rw' })
      devices.push(device)
      return device
    },
    stop: async () => {
      for (const device of devices) device.close()
      await world.stop()
    },
  }
}
