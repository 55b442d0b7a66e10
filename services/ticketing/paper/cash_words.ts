import { formatMoney, moneyFromProto, toDecimal } from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'

/** An amount for people, e.g. `RWF 4,500`; a dash when there is none. */
export function amountText(amount: WireMoney | undefined): string {
  return amount ? formatMoney(moneyFromProto(amount)) : '–'
}

/** An amount for spreadsheets: digits and a point. */
export function decimalText(amount: WireMoney | undefined): string {
  return amount ? toDecimal(moneyFromProto(amount)) : ''
}

/** An instant as it is printed, e.g. `2026-11-20 06:00 UTC`. */
export function timeText(instant: Date | undefined): string {
  return instant ? `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC` : '–'
}
