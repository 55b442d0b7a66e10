import {
  type FieldViolation,
  type Handler,
  isConstraint,
  isCurrency,
  isNegative,
  moneyFromProto,
  sessionOf,
} from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import {
  type FeeRule,
  FeeRule_Bearer as Bearer,
  FeeRule_PayeeKind as PayeeKind,
} from '#gen/tms/payment/v1/fee_rule_pb.ts'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { feeRuleToProto } from '../../convert_ledger.ts'
import type { PayeeKind as PayeeName } from '../../domain/fees.ts'
import { refuse } from '../../errors.ts'
import { forgetFeeRules } from '../../flow/fee_rules.ts'
import { insertFeeRule } from '../../store/fee_rules.ts'
import type { FeeRuleRow } from '../../store/ledger_schema.ts'
import { instantOf } from '../instant.ts'

/** Makes a rule. */
export const createFeeRule =
  (ctx: Ctx): Handler<typeof LedgerService.method.createFeeRule> =>
  async (req, call) => {
    const makerUserId = sessionOf(call).userId
    try {
      return await ctx.db.once(call, req, async (tx) => {
        // Checked within: a repeat comes later than the first call, and is answered as that was.
        const row = rowOf(req.feeRule!, makerUserId, ctx.clock.now())
        await insertFeeRule(tx, row)
        tx.afterCommit(() => forgetFeeRules(ctx))
        return { feeRule: feeRuleToProto(row) }
      })
    } catch (err) {
      if (isConstraint(err, 'fee_rule_no_overlap')) {
        throw refuse('FEE_RULE_OVERLAPS', 'another rule for this payee and these payments holds at that time')
      }
      if (isConstraint(err, 'fee_rule_pkey')) throw refuse('ID_TAKEN', 'this fee_rule_id is in use')
      throw err
    }
  }

function rowOf(rule: FeeRule, makerUserId: string, now: Date): FeeRuleRow {
  const validFrom = rule.validFromTime ? instantOf(rule.validFromTime, 'fee_rule.valid_from_time') : now
  const validUntil = rule.validUntilTime ? instantOf(rule.validUntilTime, 'fee_rule.valid_until_time') : null
  const payeeKind = payeeKinds.find((name) => PayeeKind[name] === rule.payeeKind) ?? 'PLATFORM'
  const minor = (wire: WireMoney | undefined, field: string) => minorOf(wire, field, rule.currencyCode)
  const row = {
    feeRuleId: rule.feeRuleId,
    payeeKind,
    payee: rule.payee,
    tenantId: rule.tenantId === '' ? null : rule.tenantId,
    provider: rule.provider === '' ? null : rule.provider,
    currency: rule.currencyCode,
    basisPoints: rule.basisPoints,
    fixedMinor: minor(rule.fixedAmount, 'fixed_amount') ?? 0n,
    minMinor: minor(rule.minAmount, 'min_amount') ?? 0n,
    maxMinor: minor(rule.maxAmount, 'max_amount') ?? null,
    bearer: rule.bearer === Bearer.PLATFORM ? 'PLATFORM' : 'COMPANY',
    validFrom,
    validUntil,
    makerUserId,
    createTime: now,
  } as const
  refuseFaults(faultsOf(row, now))
  return row
}

const payeeKinds: readonly PayeeName[] = ['PLATFORM', 'TAX', 'AGENT', 'DRIVER']

function faultsOf(row: FeeRuleRow, now: Date): FieldViolation[] {
  const faults: (FieldViolation | false)[] = [
    !isCurrency(row.currency) && fault('currency_code', 'is not a currency that the suite keeps books in'),
    // What was captured was captured under the rules of its time.
    row.validFrom < now && fault('valid_from_time', 'is in the past'),
    row.validUntil !== null &&
      row.validUntil <= row.validFrom &&
      fault('valid_until_time', 'is not after the beginning'),
    row.maxMinor !== null && row.maxMinor < row.minMinor && fault('max_amount', 'is less than the least'),
    (row.payeeKind === 'PLATFORM') !== (row.payee === 'platform') && fault('payee', 'is not of this kind'),
    (row.payeeKind === 'AGENT' || row.payeeKind === 'DRIVER') &&
      !UUID.test(row.payee) &&
      fault('payee', 'must be an id'),
    row.bearer === 'PLATFORM' &&
      (row.payeeKind === 'PLATFORM' || row.payeeKind === 'TAX') &&
      fault('bearer', 'the platform bears commissions alone'),
  ]
  return faults.filter((one) => one !== false)
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function minorOf(wire: WireMoney | undefined, field: string, currency: string): bigint | undefined {
  if (!wire) return undefined
  try {
    const amount = moneyFromProto(wire)
    if (amount.currency !== currency) refuseFaults([fault(field, 'has another currency')])
    if (isNegative(amount)) refuseFaults([fault(field, 'is less than nothing')])
    return amount.minor
  } catch (err) {
    if (err instanceof RangeError) refuseFaults([fault(field, err.message)])
    throw err
  }
}

const fault = (field: string, description: string): FieldViolation => ({ field: `fee_rule.${field}`, description })

function refuseFaults(fields: readonly FieldViolation[]): void {
  if (fields.length === 0) return
  throw refuse('FEE_RULE_INVALID', fields.map((one) => `${one.field} ${one.description}`).join('; '), {}, { fields })
}
