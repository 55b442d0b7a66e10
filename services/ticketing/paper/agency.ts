import { timestampDate } from '@bufbuild/protobuf/wkt'
import type { AgencyStatement } from '#gen/tms/ticketing/v1/shift_pb.ts'
import { amountText, decimalText, timeText } from './cash_words.ts'
import { pdfOf } from './pdf.ts'

/** The lines that a statement ends with, in order. */
const summary = [
  ['sales', 'Cash sales'],
  ['refunds', 'Cash refunds'],
  ['overShort', 'Over (+) or short (-)'],
  ['cashlessSales', 'Sales by phone, card or wallet'],
  ['broughtForward', 'Commission brought forward'],
  ['commission', 'Commission earned'],
  ['takenBack', 'Commission taken back'],
  ['paid', 'Paid'],
  ['adjustments', 'Adjustments'],
  ['due', 'Due'],
] as const

/** A statement for a spreadsheet, by RFC 4180: a line for each shift, then the sums. No cell needs quoting: none is text. */
export function agencyCsv(statement: AgencyStatement): Uint8Array {
  const heading = ['line', 'count_time', 'z_number', 'sales', 'refunds', 'expenses', 'over_short', 'amount']
  const shifts = statement.shifts.map((shift) => [
    shift.shiftId,
    shift.countTime ? timestampDate(shift.countTime).toISOString() : '',
    shift.zNumber === 0 ? '' : String(shift.zNumber),
    ...[shift.sales, shift.refunds, shift.expenses, shift.overShort].map(decimalText),
    '',
  ])
  const sums = summary.map(([field]) => [field, '', '', '', '', '', '', decimalText(statement[field])])
  return Buffer.from([heading, ...shifts, ...sums].map((cells) => `${cells.join(',')}\r\n`).join(''))
}

/** A statement on paper. */
export function agencyPdf(statement: AgencyStatement, printTime: Date): Promise<Uint8Array> {
  const { agentUserId, firstDate, lastDate, saleCount, cashlessSaleCount } = statement
  const columns = [
    { heading: 'Counted', share: 0.24 },
    { heading: 'Z', share: 0.08 },
    ...['Sales', 'Refunds', 'Expenses', 'Over or short'].map((heading) => ({
      heading,
      share: 0.17,
      align: 'right' as const,
    })),
  ]
  const rows = statement.shifts.map((shift) => [
    timeText(shift.countTime && timestampDate(shift.countTime)),
    shift.zNumber === 0 ? '–' : String(shift.zNumber),
    ...[shift.sales, shift.refunds, shift.expenses, shift.overShort].map(amountText),
  ])
  return pdfOf({
    title: 'Agency statement',
    lines: [
      `Agent ${agentUserId}`,
      `${firstDate} to ${lastDate}`,
      `${saleCount} sales for cash, ${cashlessSaleCount} others`,
    ],
    tables: [
      { heading: 'Shifts', columns, rows },
      {
        heading: 'Account',
        columns: [
          { heading: '', share: 0.6 },
          { heading: 'Amount', share: 0.4, align: 'right' },
        ],
        rows: summary.map(([field, name]) => [name, amountText(statement[field])]),
      },
    ],
    foot: `Agency statement ${firstDate} to ${lastDate}`,
    printTime,
  })
}
