import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type Handler, sessionOf } from '#kit'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { type OfflineScan, ScanResult as WireResult } from '#gen/tms/ticketing/v1/scan_pb.ts'
import type { Ctx } from '../../context.ts'
import { type SentScan, takeScans } from '../../steps/take_scans.ts'

/** Takes in what a device scanned without a network. */
export const uploadScans =
  (ctx: Ctx): Handler<typeof BoardingService.method.uploadScans> =>
  async ({ deviceId, scans }, call) => {
    const { tenantId = '', userId } = sessionOf(call)
    const upload = { tenantId, userId, deviceId, now: ctx.clock.now() }
    const results = await ctx.db.transaction((tx) => takeScans(tx, ctx, upload, scans.map(scanOf)))
    return {
      outcomes: scans.map(({ scanId }) => {
        const result = results.get(scanId.toLowerCase())
        return { scanId, result: result && WireResult[result] }
      }),
    }
  }

/** Ids are compared with those of the database, which are in lower case. */
function scanOf(scan: OfflineScan): SentScan {
  return {
    scanId: scan.scanId.toLowerCase(),
    ticketId: scan.ticketId.toLowerCase(),
    code: scan.code,
    tripId: scan.tripId.toLowerCase(),
    stopSequence: scan.stopSequence,
    // Required by the contract. No clock shows a time before it was built, and years before 1000 are written in other ways.
    deviceTime: new Date(Math.max(0, timestampDate(scan.deviceTime!).getTime())),
  }
}
