import type { Tx } from '#kit'
import { EntriesQuarantinedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { QuarantineReason as WireReason } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import type { Ctx } from '../../context.ts'
import type { Finding, ReadEntry } from '../../domain/pos/audit.ts'
import { type Device, setQuarantine } from '../../store/pos/devices.ts'
import { keepEntries, openQuarantine } from '../../store/pos/quarantines.ts'

/**
 * Keeps entries of a device in its open quarantine, or in a new one, and has somebody told.
 *
 * @param findings none when nothing is wrong with them but that they follow what is kept
 */
export async function keepInQuarantine(
  tx: Tx,
  ctx: Ctx,
  device: Device,
  entries: readonly ReadEntry[],
  findings: readonly Finding[],
): Promise<string> {
  const { tenantId, deviceId } = device
  const now = ctx.clock.now()
  const quarantineId = device.quarantineId ?? ctx.newId()
  const reasons = [...new Set(findings.map(({ reason }) => reason))]
  const detail = findings[0]?.detail ?? ''
  await openQuarantine(tx, { quarantineId, tenantId, deviceId, reasons, detail, createTime: now })
  const entryCount = await keepEntries(tx, { quarantineId, tenantId }, entries, now)
  await setQuarantine(tx, deviceId, quarantineId)
  // What is sent again tells nobody anything new.
  if (entryCount === 0) return quarantineId
  await tx.publish(EntriesQuarantinedSchema, deviceId, {
    ...{ tenantId, deviceId, quarantineId, detail, entryCount },
    reasons: reasons.map((reason) => WireReason[reason]),
  })
  tx.afterCommit(() => {
    ctx.happened('journal_entries_quarantined', { device_id: deviceId, entries: entryCount, reasons: reasons.join() })
  })
  return quarantineId
}
