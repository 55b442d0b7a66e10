import { and, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { at } from './rows.ts'
import { feeRule, type FeeRuleRow } from './ledger_schema.ts'

/** Makes a rule. Fails on `fee_rule_no_overlap`, and on `fee_rule_pkey` when the id was used before. */
export async function insertFeeRule(tx: Tx, row: FeeRuleRow): Promise<void> {
  await tx.insert(feeRule).values(row)
}

/**
 * Ends a rule at a time, or where it begins when that is later; one that has ended by then keeps its end. Undefined when
 * there is none.
 */
export async function endFeeRule(tx: Tx, feeRuleId: string, time: Date): Promise<FeeRuleRow | undefined> {
  const end = sql`greatest(valid_from, ${at(time)})`
  const [ended] = await tx
    .update(feeRule)
    .set({ validUntil: end })
    .where(and(eq(feeRule.feeRuleId, feeRuleId), sql`(valid_until is null or valid_until > ${end})`))
    .returning()
  if (ended) return ended
  const [known] = await tx.select().from(feeRule).where(eq(feeRule.feeRuleId, feeRuleId))
  return known
}

/** The rules that hold at a time or will. */
export function rulesFrom(db: Queries, time: Date): Promise<FeeRuleRow[]> {
  return db.select().from(feeRule).where(notOver(time))
}

/** Rules, newest first. @param notOverAt only those that hold then or will; undefined means all */
export function listFeeRules(
  tx: Tx,
  page: { readonly limit: number; readonly after: string | undefined; readonly notOverAt: Date | undefined },
): Promise<FeeRuleRow[]> {
  const older = page.after === undefined ? undefined : lt(feeRule.feeRuleId, page.after)
  return tx
    .select()
    .from(feeRule)
    .where(and(older, page.notOverAt && notOver(page.notOverAt)))
    .orderBy(desc(feeRule.feeRuleId))
    .limit(page.limit)
}

const notOver = (time: Date) => or(isNull(feeRule.validUntil), gt(feeRule.validUntil, time))
