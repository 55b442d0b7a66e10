import type { Money } from '#kit'

/** What a line of a settlement file tells of. */
export type LineKind = 'PAYMENT' | 'REFUND' | 'PAYOUT' | 'FEE' | 'TRANSFER'

/** One movement, or failed movement, as a provider lists it. */
export type SettlementLine = {
  readonly kind: LineKind
  /** Whether money came to us. */
  readonly incoming: boolean
  /** False when the provider says that nothing moved in the end. */
  readonly completed: boolean
  readonly receipt: string
  /** What the payer or we gave as reference; empty when there is none. */
  readonly reference: string
  /** Always more than zero. */
  readonly amount: Money
  /** Digits of the other party's number as far as the provider shows them, e.g. `2547****0111`; empty when it does not. */
  readonly party: string
  readonly completeTime: Date
}

/** Which of the accounts with a provider a file tells of. */
export type SettlementAccount = 'COLLECTION' | 'PAYOUT' | 'ALL'

/** What a file says about itself before its lines. */
export type Preamble = {
  readonly shortCode?: string
  readonly fromTime?: Date
  readonly toTime?: Date
}

/** One row of a file: its cells, and the line that it ends on. */
export type Row = { readonly cells: readonly string[]; readonly lineNumber: number }

/** Reads the rows below the header. Undefined for a row that is no movement, such as totals. @throws {RangeError} */
export type LineReader = (cells: readonly string[]) => SettlementLine | undefined

/** A form of settlement file. */
export type Layout = {
  /** The provider whose file it is. */
  readonly provider: string
  /** How rows are read, when this row is the header; undefined when it is not. @param currency of lines that name none */
  header(cells: readonly string[], currency: string): LineReader | undefined
  /** What a row before the header says. */
  preamble(cells: readonly string[]): Preamble
  /** Name of the column that must be there, for the person whose file has no header. */
  readonly headerHint: string
}
