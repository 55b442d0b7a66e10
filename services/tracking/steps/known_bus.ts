import { Code, ConnectError } from '@connectrpc/connect'
import type { Bus } from '#gen/tms/company/v1/bus_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'

/**
 * A bus of the caller's company: company knows them, and which of them the caller may see.
 *
 * @throws {ConnectError} NOT_FOUND / BUS_UNKNOWN
 */
export async function knownBus({ peers }: Ctx, busId: string): Promise<Bus> {
  try {
    const { bus } = await peers.fleet.getBus({ busId })
    if (bus) return bus
  } catch (err) {
    if (!(err instanceof ConnectError) || err.code !== Code.NotFound) throw err
  }
  throw refuse('BUS_UNKNOWN', 'the company has no such bus')
}
