import { isConstraint } from '#kit'
import { refuse } from '../../errors.ts'

/** What a refusal of the database means to whoever corrects the books. */
export function adjustmentRefusal(err: unknown): unknown {
  if (isConstraint(err, 'ledger_account_limits')) {
    return refuse('BALANCE_LIMIT', 'it would take an account out of its limits')
  }
  if (isConstraint(err, 'ledger_adjustment_reverses_once') || isConstraint(err, 'journal_transfer_once')) {
    return refuse('ENTRY_REVERSED', 'the entry is reversed already, or its reversal is proposed')
  }
  if (isConstraint(err, 'ledger_adjustment_pkey')) return refuse('ID_TAKEN', 'this adjustment_id is in use')
  return err
}
