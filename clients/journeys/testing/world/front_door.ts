import { freePort } from '../../../../deploy/local/index.ts'
import { createTms, memoryStorage, type Tms, type TmsOptions, type TmsStorage } from '../../../sdk/src/node.ts'
import { outsideWorld, type World } from './outside.ts'

/** The outside world, and the gateway's place in it. */
export type Town = World & {
  /** Where the gateway opens. */
  readonly baseUrl: string
  /** A passenger's or driver's device, signed in as nobody; closed when the town is stopped. */
  device(): Tms
  /** The device of somebody who is signed in by a token. */
  deviceWith(token: string): Tms
}

/** Starts the outside world, and points its callbacks at a gateway on a free port. */
export async function townWithGateway(): Promise<Town> {
  const world = await outsideWorld()
  const port = (await freePort()).toString()
  const baseUrl = `http://127.0.0.1:${port}`
  world.sandbox.airtelCallsBack(`${baseUrl}/inbound/airtel/sandbox`)
  world.sandbox.paypal.webhookTo(`${baseUrl}/inbound/paypal/sandbox`)
  const devices: Tms[] = []
  const deviceOf = (options: Pick<TmsOptions, 'storage'>) => {
    const device = createTms({ baseUrl, language: 'rw', ...options })
    devices.push(device)
    return device
  }
  return {
    ...world,
    baseUrl,
    env: { ...world.env, GATEWAY_PORT: port, MPESA_CALLBACK_BASE_URL: baseUrl, PUBLIC_URL: baseUrl },
    device: () => deviceOf({}),
    deviceWith: (token) => deviceOf({ storage: storageWith(token) }),
    stop: async () => {
      for (const device of devices) device.close()
      await world.stop()
    },
  }
}

/** A session as a device keeps it, for longer than a journey. */
function storageWith(accessToken: string): TmsStorage {
  const at = Date.now() + 500_000
  const kept = { sessionId: '', userId: '', accessToken, refreshToken: '', refreshAtMs: at, expireAtMs: at }
  return { ...memoryStorage(), getItem: (key) => (key.startsWith('tms:session:') ? JSON.stringify(kept) : null) }
}
