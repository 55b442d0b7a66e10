import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Context } from '#kit'
import type { Settings } from './config.ts'

/** The services that company calls. */
export const calls = { tenant: TenantService }

/** What every part of this service is given. */
export type Ctx = Context<typeof calls, Settings>
