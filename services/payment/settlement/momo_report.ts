import { absolute, amountIn, columnsOf, headerName, plain, timeIn } from './cells.ts'
import type { Layout, LineReader, SettlementLine } from './line.ts'

/** Kigali: always two hours ahead of UTC. */
const OFFSET_HOURS = 2

/**
 * The transaction report of the MTN MoMo business portal. MTN publishes no specification, and no public sample was found
 * (unconfirmed): columns are found by name, whatever their order, and a sign or a type tells the direction.
 */
export const momoReport: Layout = {
  provider: 'mtn',
  headerHint: 'Financial Transaction Id',
  header: (cells, currency) => readerFor(cells, currency),
  preamble: () => ({}),
}

function readerFor(cells: readonly string[], currency: string): LineReader | undefined {
  const column = columnsOf(cells)
  const at = {
    receipt: column('financialtransactionid', 'id', 'transactionid'),
    reference: column('externaltransactionid', 'externalid'),
    time: column('date', 'datetime', 'completiontime'),
    status: column('status'),
    type: column('type', 'transactiontype'),
    from: column('from', 'payer'),
    to: column('to', 'payee'),
    amount: column('amount'),
    fee: column('fee'),
    currency: column('currency'),
  }
  if ([at.receipt, at.time, at.status, at.amount].includes(-1)) return undefined
  return (row) => {
    const cell = (index: number) => row[index] ?? ''
    return readLine({
      receipt: plain(cell(at.receipt)),
      reference: plain(cell(at.reference)),
      time: cell(at.time),
      status: cell(at.status),
      type: cell(at.type),
      from: cell(at.from),
      to: cell(at.to),
      amount: cell(at.amount),
      currency: cell(at.currency).trim() || currency,
    })
  }
}

type Cells = Readonly<
  Record<'receipt' | 'reference' | 'time' | 'status' | 'type' | 'from' | 'to' | 'amount' | 'currency', string>
>

function readLine(cells: Cells): SettlementLine | undefined {
  if (cells.receipt === '' && cells.time.trim() === '') return undefined
  if (!/^[A-Za-z0-9-]{4,40}$/.test(cells.receipt)) throw new RangeError(`"${cells.receipt}" is not a transaction id`)
  const completed = isCompleted(cells.status)
  const amount = amountIn(cells.currency, cells.amount)
  if (!amount || amount.minor === 0n) {
    if (!completed) return undefined
    throw new RangeError('the line has no amount')
  }
  const type = headerName(cells.type)
  const incoming = amount.minor > 0n && !/^(?:transfer|disbursement|refund|deposit|cashout|fee|charge)/.test(type)
  return {
    kind: kindOf(type, incoming),
    incoming,
    completed,
    receipt: cells.receipt,
    reference: cells.reference.toUpperCase(),
    amount: absolute(amount),
    party: /[\d*+]{6,15}/.exec(incoming ? cells.from : cells.to)?.[0] ?? '',
    completeTime: timeIn(cells.time, OFFSET_HOURS),
  }
}

function isCompleted(status: string): boolean {
  const name = headerName(status)
  if (/^(?:successful|success|completed)$/.test(name)) return true
  if (/^(?:failed|pending|created|expired|rejected|cancelled|canceled|ongoing)$/.test(name)) return false
  throw new RangeError(`"${status.trim()}" is not a known status`)
}

function kindOf(type: string, incoming: boolean): SettlementLine['kind'] {
  if (/^(?:fee|charge)/.test(type)) return 'FEE'
  if (/^refund/.test(type)) return 'REFUND'
  return incoming ? 'PAYMENT' : 'PAYOUT'
}
