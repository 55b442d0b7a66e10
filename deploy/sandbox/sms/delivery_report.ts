import type { Sms } from '../world/phones.ts'
import type { World } from '../world/world.ts'
import { networkCodeOf, reports } from './statuses.ts'

/** Tells the account holder what became of a message: a form, unsigned, sent once, to the address in the dashboard. */
export function reportLater(world: World, sms: Sms): void {
  const { smsReport, smsReportDelayMs } = world.scenarios.of(sms.to)
  if (smsReport === 'none') return
  world.timers.after(smsReportDelayMs, () => void report(world, sms, reports[smsReport]))
}

async function report(world: World, sms: Sms, { status, failureReason }: (typeof reports)['failed']): Promise<void> {
  sms.report = status
  world.changes.tell({ msisdn: sms.to })
  const url = world.dashboard.reportUrl
  if (!url) return
  const form = new URLSearchParams({
    id: sms.id,
    status,
    phoneNumber: `+${sms.to}`,
    networkCode: networkCodeOf(sms.to),
    retryCount: '0',
    ...(failureReason && { failureReason }),
  })
  await world.poster.post(url, 'application/x-www-form-urlencoded', form.toString())
}
