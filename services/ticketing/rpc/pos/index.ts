import type { ServiceImpl } from '@connectrpc/connect'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { createPosDevice } from './create_pos_device.ts'
import { decideQuarantine } from './decide_quarantine.ts'
import { enrolPosDevice } from './enrol_pos_device.ts'
import { getPosDevice } from './get_pos_device.ts'
import { leaseSeats } from './lease_seats.ts'
import { listJournalEntries } from './list_journal_entries.ts'
import { listLeases } from './list_leases.ts'
import { listPosDevices } from './list_pos_devices.ts'
import { listQuarantinedEntries } from './list_quarantined_entries.ts'
import { listQuarantines } from './list_quarantines.ts'
import { renewLeases } from './renew_leases.ts'
import { returnSeats } from './return_seats.ts'
import { revokePosDevice } from './revoke_pos_device.ts'
import { streamSales } from './stream_sales.ts'
import { syncSales } from './sync_sales.ts'

/** Every method of PointOfSaleService. */
export const posRpcs = (ctx: Ctx): ServiceImpl<typeof PointOfSaleService> => ({
  createPosDevice: createPosDevice(ctx),
  enrolPosDevice: enrolPosDevice(ctx),
  revokePosDevice: revokePosDevice(ctx),
  getPosDevice: getPosDevice(ctx),
  listPosDevices: listPosDevices(ctx),
  leaseSeats: leaseSeats(ctx),
  renewLeases: renewLeases(ctx),
  returnSeats: returnSeats(ctx),
  listLeases: listLeases(ctx),
  syncSales: syncSales(ctx),
  streamSales: streamSales(ctx),
  listJournalEntries: listJournalEntries(ctx),
  listQuarantines: listQuarantines(ctx),
  listQuarantinedEntries: listQuarantinedEntries(ctx),
  decideQuarantine: decideQuarantine(ctx),
})
