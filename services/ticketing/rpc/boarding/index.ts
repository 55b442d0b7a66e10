import type { ServiceImpl } from '@connectrpc/connect'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { boardPassenger } from './board_passenger.ts'
import { exportManifest } from './export_manifest.ts'
import { findPassengers } from './find_passengers.ts'
import { getBoardingRules } from './get_boarding_rules.ts'
import { getManifest } from './get_manifest.ts'
import { leaveStop } from './leave_stop.ts'
import { listScanConflicts } from './list_scan_conflicts.ts'
import { markNoShow } from './mark_no_show.ts'
import { reinstatePassenger } from './reinstate_passenger.ts'
import { sellAtDoor } from './sell_at_door.ts'
import { setBoardingRules } from './set_boarding_rules.ts'
import { setPassengerNote } from './set_passenger_note.ts'
import { uploadScans } from './upload_scans.ts'

/** Every method of BoardingService. */
export const boardingRpcs = (ctx: Ctx): ServiceImpl<typeof BoardingService> => ({
  getManifest: getManifest(ctx),
  exportManifest: exportManifest(ctx),
  findPassengers: findPassengers(ctx),
  boardPassenger: boardPassenger(ctx),
  leaveStop: leaveStop(ctx),
  markNoShow: markNoShow(ctx),
  reinstatePassenger: reinstatePassenger(ctx),
  sellAtDoor: sellAtDoor(ctx),
  setPassengerNote: setPassengerNote(ctx),
  uploadScans: uploadScans(ctx),
  listScanConflicts: listScanConflicts(ctx),
  getBoardingRules: getBoardingRules(ctx),
  setBoardingRules: setBoardingRules(ctx),
})
