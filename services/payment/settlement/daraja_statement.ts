import { absolute, amountIn, columnsOf, headerName, plain, timeIn } from './cells.ts'
import type { Layout, LineKind, LineReader, Preamble, SettlementLine } from './line.ts'

/** Nairobi: always three hours ahead of UTC. */
const OFFSET_HOURS = 3

/**
 * The export of the M-Pesa organisation portal. Safaricom publishes no specification: columns are found by name, some have
 * gone by several, and a preamble of a few rows may come first.
 */
export const darajaStatement: Layout = {
  provider: 'mpesa',
  headerHint: 'Receipt No.',
  header: (cells, currency) => readerFor(cells, currency),
  preamble: readPreamble,
}

function readPreamble(cells: readonly string[]): Preamble {
  const label = cells.findIndex((cell) => cell.trim() !== '')
  const name = headerName(cells[label] ?? '')
  const values = cells.slice(label + 1).filter((cell) => cell.trim() !== '')
  if (name === 'shortcode') return { shortCode: values[0]?.trim() ?? '' }
  if (name !== 'timeperiod') return {}
  // `From`, a time, `To`, a time: the words are left out by some exports.
  const times = values.filter((cell) => /\d/.test(cell)).map((cell) => timeIn(cell, OFFSET_HOURS))
  const [fromTime, toTime] = times
  return fromTime && toTime ? { fromTime, toTime } : {}
}

function readerFor(cells: readonly string[], currency: string): LineReader | undefined {
  const column = columnsOf(cells)
  const at = {
    receipt: column('receiptno', 'receipt'),
    time: column('completiontime'),
    details: column('details'),
    status: column('transactionstatus', 'status'),
    paidIn: column('paidin'),
    withdrawn: column('withdrawn', 'withdraw', 'paidout'),
    reason: column('reasontype'),
    party: column('otherpartyinfo', 'oppositeparty'),
    linked: column('linkedtransactionid'),
    reference: column('acno', 'accountno'),
    currency: column('currency'),
  }
  const needed = [at.receipt, at.time, at.status, at.paidIn, at.withdrawn]
  if (needed.includes(-1)) return undefined
  return (row) => {
    const cell = (index: number) => row[index] ?? ''
    return readLine({
      receipt: plain(cell(at.receipt)).toUpperCase(),
      time: cell(at.time),
      details: cell(at.details),
      status: cell(at.status),
      paidIn: cell(at.paidIn),
      withdrawn: cell(at.withdrawn),
      reason: cell(at.reason),
      party: cell(at.party),
      reference: cell(at.reference),
      currency: cell(at.currency).trim() || currency,
    })
  }
}

type Cells = Readonly<
  Record<
    'receipt' | 'time' | 'details' | 'status' | 'paidIn' | 'withdrawn' | 'reason' | 'party' | 'reference' | 'currency',
    string
  >
>

function readLine(cells: Cells): SettlementLine | undefined {
  if (cells.receipt === '' || /^TOTAL/.test(cells.receipt)) return totalsOnly(cells)
  if (!/^[A-Z0-9]{10,12}$/.test(cells.receipt)) throw new RangeError(`"${cells.receipt}" is not a receipt number`)
  const completed = isCompleted(cells.status)
  const paidIn = nothingAsUndefined(amountIn(cells.currency, cells.paidIn))
  const withdrawn = nothingAsUndefined(amountIn(cells.currency, cells.withdrawn))
  const amount = paidIn ?? withdrawn
  if (!amount) {
    if (!completed) return undefined
    throw new RangeError('the line has no amount')
  }
  if (paidIn && withdrawn) throw new RangeError('the line has money both in and out')
  const incoming = paidIn !== undefined
  return {
    kind: kindOf(cells, incoming),
    incoming,
    completed,
    receipt: cells.receipt,
    reference: plain(cells.reference).toUpperCase(),
    amount: absolute(amount),
    party: /^[\d*+]{6,15}/.exec(cells.party.trim())?.[0] ?? '',
    completeTime: timeIn(cells.time, OFFSET_HOURS),
  }
}

/** A row without a receipt is the totals below the lines, or a fault. */
function totalsOnly(cells: Cells): undefined {
  const isMovement = cells.receipt === '' && (cells.time.trim() !== '' || cells.status.trim() !== '')
  if (isMovement) throw new RangeError('the line has no receipt number')
  return undefined
}

function isCompleted(status: string): boolean {
  const name = headerName(status)
  if (name === 'completed') return true
  if (/^(?:failed|pending|reversed|cancelled|canceled|declined|expired)$/.test(name)) return false
  throw new RangeError(`"${status.trim()}" is not a known transaction status`)
}

function nothingAsUndefined<T extends { readonly minor: bigint }>(amount: T | undefined): T | undefined {
  return amount && amount.minor !== 0n ? amount : undefined
}

/** The reason type classifies best; the details stand in where the export has none. */
function kindOf({ reason, details }: Cells, incoming: boolean): LineKind {
  const text = (reason.trim() === '' ? details : reason).toLowerCase()
  if (/\bcharge\b/.test(text)) return 'FEE'
  if (/revers/.test(text)) return 'REFUND'
  if (/withdraw funds to bank|organi[sz]ation settle/.test(text)) return 'TRANSFER'
  return incoming ? 'PAYMENT' : 'PAYOUT'
}
