import type { ServiceImpl } from '@connectrpc/connect'
import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { applyImport } from './apply_import.ts'
import { createRoute } from './create_route.ts'
import { createStop } from './create_stop.ts'
import { dropImport } from './drop_import.ts'
import { getFareTable } from './get_fare_table.ts'
import { getPattern } from './get_pattern.ts'
import { getRoute } from './get_route.ts'
import { getStop } from './get_stop.ts'
import { listFares } from './list_fares.ts'
import { listRoutes } from './list_routes.ts'
import { listStops } from './list_stops.ts'
import { provisionNetwork } from './provision_network.ts'
import { setFares } from './set_fares.ts'
import { startImport } from './start_import.ts'
import { updateRoute } from './update_route.ts'
import { updateStop } from './update_stop.ts'
import { uploadImportPart } from './upload_import_part.ts'
import { withdrawFares } from './withdraw_fares.ts'

/** Every method of NetworkService. */
export const networkRpcs = (ctx: Ctx): ServiceImpl<typeof NetworkService> => ({
  createStop: createStop(ctx),
  updateStop: updateStop(ctx),
  getStop: getStop(ctx),
  listStops: listStops(ctx),
  createRoute: createRoute(ctx),
  updateRoute: updateRoute(ctx),
  getPattern: getPattern(ctx),
  getRoute: getRoute(ctx),
  listRoutes: listRoutes(ctx),
  setFares: setFares(ctx),
  withdrawFares: withdrawFares(ctx),
  listFares: listFares(ctx),
  getFareTable: getFareTable(ctx),
  startImport: startImport(ctx),
  uploadImportPart: uploadImportPart(ctx),
  applyImport: applyImport(ctx),
  dropImport: dropImport(ctx),
  provisionNetwork: provisionNetwork(ctx),
})
