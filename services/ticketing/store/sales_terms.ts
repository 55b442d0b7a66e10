import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { defaultTerms, type Effect, type PriceRule, type SalesTerms } from '../domain/sales_terms.ts'
import { run } from './query.ts'

/** An effect in JSON, which has no integers as large as money. */
type EffectJson = { kind: Effect['kind']; value: string }

/** Terms as they are kept, in the table and in Redis. */
export type TermsJson = {
  version: string
  rules: (Omit<PriceRule, 'effect'> & { effect: EffectJson })[]
  step: string
  refunds: { hours: number; points: string }[]
  changes: { hours: number; points: string; each: string }[]
  openTicketDays: number
  levels: { code: string; name: string; points: string; protectedPercent: number }[]
}

/** Keeps a version of a company's terms; one that is here already stays as it is. */
export async function keepTerms(tx: Tx, tenantId: string, terms: SalesTerms): Promise<void> {
  await run(
    tx,
    sql`insert into sales_terms (tenant_id, version, terms)
      values (${tenantId}, ${terms.version}, ${JSON.stringify(termsToJson(terms))}::jsonb)
      on conflict do nothing`,
  )
}

/** The terms that a booking was sold under. Version 0 stands for a company that had set none. */
export async function readTerms(db: Queries, tenantId: string, version: bigint): Promise<SalesTerms> {
  if (version === 0n) return defaultTerms
  const [row] = await run<{ terms: TermsJson }>(
    db,
    sql`select terms from sales_terms where tenant_id = ${tenantId} and version = ${version}`,
  )
  if (!row) throw new Error(`terms ${version} of ${tenantId} were sold under and are not kept`)
  return termsFromJson(row.terms)
}

/** The terms of a company by those versions of which `versions` names some; version 0 is always there. */
export async function termsByVersion(
  db: Queries,
  tenantId: string,
  versions: readonly bigint[],
): Promise<ReadonlyMap<bigint, SalesTerms>> {
  const wanted = [...new Set(versions)].filter((version) => version > 0n).map(String)
  const found = new Map([[0n, defaultTerms]])
  if (wanted.length === 0) return found
  const rows = await run<{ terms: TermsJson }>(
    db,
    sql`select terms from sales_terms
      where tenant_id = ${tenantId} and version = any(${sql.param(wanted)}::bigint[])`,
  )
  for (const row of rows) {
    const terms = termsFromJson(row.terms)
    found.set(terms.version, terms)
  }
  return found
}

/** The terms that count now of those companies that have set some. */
export async function newestTerms(db: Queries, tenantIds: readonly string[]): Promise<Record<string, TermsJson>> {
  if (tenantIds.length === 0) return {}
  const rows = await run<{ tenant_id: string; terms: TermsJson }>(
    db,
    sql`select distinct on (tenant_id) tenant_id, terms from sales_terms
      where tenant_id = any(${sql.param([...new Set(tenantIds)])}::uuid[]) order by tenant_id, version desc`,
  )
  return Object.fromEntries(rows.map((row) => [row.tenant_id, row.terms]))
}

/** The terms that count now of every company that has set some. */
export async function everybodysTerms(db: Queries): Promise<Record<string, TermsJson>> {
  const rows = await run<{ tenant_id: string; terms: TermsJson }>(
    db,
    sql`select distinct on (tenant_id) tenant_id, terms from sales_terms order by tenant_id, version desc`,
  )
  return Object.fromEntries(rows.map((row) => [row.tenant_id, row.terms]))
}

export function termsFromJson(json: TermsJson): SalesTerms {
  return {
    version: BigInt(json.version),
    rules: json.rules.map((rule) => ({ ...rule, effect: effectFrom(rule.effect) })),
    stepMinor: BigInt(json.step),
    refundBands: json.refunds.map(({ hours, points }) => ({ hoursBefore: hours, basisPoints: BigInt(points) })),
    changeBands: json.changes.map(({ hours, points, each }) => ({
      hoursBefore: hours,
      basisPoints: BigInt(points),
      perPassengerMinor: BigInt(each),
    })),
    openTicketDays: json.openTicketDays,
    levels: json.levels.map(({ points, ...level }) => ({ ...level, discountBasisPoints: BigInt(points) })),
  }
}

function effectFrom({ kind, value }: EffectJson): Effect {
  return kind === 'PERCENT' ? { kind, basisPoints: BigInt(value) } : { kind, minor: BigInt(value) }
}

export function termsToJson(terms: SalesTerms): TermsJson {
  return {
    version: String(terms.version),
    rules: terms.rules.map((rule) => ({ ...rule, effect: effectJson(rule.effect) })),
    step: String(terms.stepMinor),
    refunds: terms.refundBands.map(({ hoursBefore, basisPoints }) => ({
      hours: hoursBefore,
      points: String(basisPoints),
    })),
    changes: terms.changeBands.map(({ hoursBefore, basisPoints, perPassengerMinor }) => ({
      hours: hoursBefore,
      points: String(basisPoints),
      each: String(perPassengerMinor),
    })),
    openTicketDays: terms.openTicketDays,
    levels: terms.levels.map(({ discountBasisPoints, ...level }) => ({
      ...level,
      points: String(discountBasisPoints),
    })),
  }
}

function effectJson(effect: Effect): EffectJson {
  const value = effect.kind === 'PERCENT' ? effect.basisPoints : effect.minor
  return { kind: effect.kind, value: String(value) }
}
