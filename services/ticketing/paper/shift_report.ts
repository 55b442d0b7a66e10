import { timestampDate } from '@bufbuild/protobuf/wkt'
import { formatMoney, multiply, moneyFromProto } from '#kit'
import {
  CashMovement_Kind as Kind,
  type DenominationCount,
  Deposit_Destination,
  type Shift,
  type ShiftReport,
} from '#gen/tms/ticketing/v1/shift_pb.ts'
import { amountText, timeText } from './cash_words.ts'
import { pdfOf, type Table } from './pdf.ts'

const kindNames: Readonly<Record<number, string>> = {
  [Kind.SALE]: 'Cash sales',
  [Kind.REFUND]: 'Cash refunds',
  [Kind.EXPENSE]: 'Expenses',
  [Kind.CORRECTION]: 'Corrections of earlier shifts',
  [Kind.DROP]: 'Taken to the safe',
}

const nameOf = (kind: Kind) => kindNames[kind] ?? ''

/** An X or Z report on paper. */
export function shiftReportPdf(report: ShiftReport): Promise<Uint8Array> {
  const { shift } = report
  const z = shift?.zNumber ?? 0
  const title = z > 0 ? `Z report ${z}` : 'X report'
  const reportTime = report.reportTime && timestampDate(report.reportTime)
  return pdfOf({
    title,
    lines: shift ? linesOf(shift) : [],
    tables: [cashTable(report), ...countTables(shift), ...movementTables(report), ...depositTables(shift)],
    foot: `${title}, ${timeText(reportTime)}`,
    printTime: reportTime ?? new Date(0),
  })
}

function linesOf(shift: Shift): string[] {
  const time = (at: Shift['openTime']) => timeText(at && timestampDate(at))
  return [
    `Shift ${shift.shiftId}`,
    `Agent ${shift.agentUserId}`,
    `Till ${shift.deviceId}`,
    `Opened ${time(shift.openTime)}, counted ${time(shift.countTime)}, closed ${time(shift.closeTime)}`,
  ]
}

const amountColumn = { heading: 'Amount', share: 0.3, align: 'right' } as const

function cashTable({ shift, totals, expected }: ShiftReport): Table {
  const rows = totals.map(({ kind, count, amount }) => [nameOf(kind), String(count), amountText(amount)])
  const count = shift?.cashCount
  return {
    heading: 'Cash',
    columns: [{ heading: '', share: 0.5 }, { heading: 'Number', share: 0.2, align: 'right' }, amountColumn],
    rows: [
      ['Float', '', amountText(shift?.float)],
      ...rows,
      ['Expected in the till', '', amountText(expected)],
      ...(count ? [['Counted', '', amountText(count.counted)]] : []),
      ...(count ? [['Over (+) or short (-)', '', amountText(count.overShort)]] : []),
    ],
  }
}

function countTables(shift: Shift | undefined): Table[] {
  if (!shift?.cashCount) return []
  return [
    {
      heading: 'Count',
      columns: [{ heading: 'Value', share: 0.4 }, { heading: 'Number', share: 0.3, align: 'right' }, amountColumn],
      rows: shift.cashCount.denominations.map((one) => [
        amountText(one.denomination),
        String(one.count),
        worthText(one),
      ]),
    },
  ]
}

function worthText({ denomination, count }: DenominationCount): string {
  if (!denomination) return amountText(undefined)
  return formatMoney(multiply(moneyFromProto(denomination), BigInt(count), 1n, 'half-up'))
}

function movementTables({ movements }: ShiftReport): Table[] {
  if (movements.length === 0) return []
  const rows = movements.map((one) => [
    nameOf(one.kind),
    one.kind === Kind.CORRECTION ? one.correctedShiftId : one.description,
    one.receipt,
    amountText(one.amount),
  ])
  const columns = [
    { heading: 'Kind', share: 0.2 },
    { heading: 'For', share: 0.35 },
    { heading: 'Receipt', share: 0.15 },
    amountColumn,
  ]
  return [{ heading: 'Expenses and corrections', columns, rows }]
}

function depositTables(shift: Shift | undefined): Table[] {
  if (!shift || shift.deposits.length === 0) return []
  const columns = [
    { heading: 'To', share: 0.15 },
    { heading: 'Reference', share: 0.25 },
    { heading: 'Received', share: 0.3, align: 'right' as const },
    amountColumn,
  ]
  const rows = shift.deposits.map(({ destination, reference, received, amount }) => [
    destination === Deposit_Destination.BANK ? 'Bank' : 'Safe',
    reference,
    amountText(received),
    amountText(amount),
  ])
  return [{ heading: 'Handed over', columns, rows }]
}
