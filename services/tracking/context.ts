import type { Context } from '#kit'
import { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Settings } from './config.ts'

/** The services that tracking calls. */
export const calls = { fleet: FleetService, network: NetworkService }

/** What every part of tracking is given. */
export type Ctx = Context<typeof calls, Settings>
