import { type SQL, sql } from 'drizzle-orm'
import { money, type Money, type Queries, type Tx } from '#kit'
import { instant, instantOrNone, iso, run } from './query.ts'

/** What a promotion takes off. */
export type Off = { readonly basisPoints: bigint } | { readonly amount: Money }

/** A promotion as it is made. */
export type NewPromotion = {
  readonly promotionId: string
  readonly tenantId: string
  readonly name: string
  readonly off: Off
  readonly validFrom: Date
  readonly validUntil: Date
  readonly maxPerCode: number | undefined
  readonly maxPerPerson: number | undefined
  readonly createTime: Date
}

/** A promotion as it stands. */
export type Promotion = NewPromotion & {
  readonly endTime: Date | undefined
  readonly codeCount: number
  readonly redemptionCount: bigint
}

/** A code that may be redeemed, with its promotion. */
export type FoundCode = {
  readonly codeId: string
  readonly code: string
  readonly promotion: Promotion
  readonly isUsedUp: boolean
}

type PromotionRow = {
  promotion_id: string
  tenant_id: string
  name: string
  basis_points: number | null
  currency: string | null
  amount_minor: string | null
  valid_from: string
  valid_until: string
  max_per_code: number | null
  max_per_person: number | null
  end_time: string | null
  create_time: string
  code_count: number
  redemption_count: string
}

const whole = sql.raw(`p.*,
  (select count(*)::int from promotion_code c where c.promotion_id = p.promotion_id) as code_count,
  (select count(*) from promotion_redemption r where r.promotion_id = p.promotion_id and r.live) as redemption_count`)

/** Makes a promotion with its codes. Fails on `promotion_pkey` and `promotion_code_one_of_company`. */
export async function insertPromotion(
  tx: Tx,
  promotion: NewPromotion,
  codes: readonly { readonly codeId: string; readonly code: string }[],
): Promise<void> {
  const { promotionId, tenantId, off } = promotion
  const [points, amount] = 'amount' in off ? [null, off.amount] : [Number(off.basisPoints), undefined]
  await run(
    tx,
    sql`
    with made as (
      insert into promotion (promotion_id, tenant_id, name, basis_points, currency, amount_minor, valid_from,
        valid_until, max_per_code, max_per_person, create_time)
      values (${promotionId}, ${tenantId}, ${promotion.name}, ${points}::int, ${amount?.currency ?? null}::text,
        ${amount?.minor ?? null}::bigint, ${iso(promotion.validFrom)}::timestamptz,
        ${iso(promotion.validUntil)}::timestamptz, ${promotion.maxPerCode ?? null}::int,
        ${promotion.maxPerPerson ?? null}::int, ${iso(promotion.createTime)}::timestamptz)
      returning promotion_id, tenant_id, max_per_code
    )
    insert into promotion_code (code_id, tenant_id, promotion_id, code, max_redemptions)
    select c.code_id, m.tenant_id, m.promotion_id, c.code, m.max_per_code
    from made m, jsonb_to_recordset(${JSON.stringify(codes.map(({ codeId, code }) => ({ code_id: codeId, code })))}::jsonb)
      as c (code_id uuid, code text)`,
  )
}

/** Ends a promotion; one that has ended stays as it is. Undefined when there is none. */
export async function endPromotion(tx: Tx, promotionId: string, now: Date): Promise<Promotion | undefined> {
  await run(
    tx,
    sql`update promotion set end_time = ${iso(now)}::timestamptz
      where promotion_id = ${promotionId} and end_time is null`,
  )
  return readPromotion(tx, promotionId)
}

/** A promotion by its id. Undefined when there is none among the rows that `db` may see. */
export async function readPromotion(db: Queries, promotionId: string): Promise<Promotion | undefined> {
  const [found] = await select(db, sql`where p.promotion_id = ${promotionId}`)
  return found
}

/** A page of promotions, newest first. */
export function listPromotions(
  db: Queries,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<Promotion[]> {
  const start = page.after ? sql`where p.promotion_id < ${page.after}::uuid` : sql``
  return select(db, sql`${start} order by p.promotion_id desc limit ${page.limit}`)
}

async function select(db: Queries, rest: SQL): Promise<Promotion[]> {
  const rows = await run<PromotionRow>(db, sql`select ${whole} from promotion p ${rest}`)
  return rows.map(promotionFrom)
}

/** A page of a promotion's codes, by code. */
export async function listCodes(
  db: Queries,
  promotionId: string,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<{ code: string; redemptionCount: number }[]> {
  const start = page.after === undefined ? sql`` : sql`and c.code > ${page.after}`
  const rows = await run<{ code: string; redemptions: number }>(
    db,
    sql`select c.code,
        (select count(*)::int from promotion_redemption r where r.code_id = c.code_id and r.live) as redemptions
      from promotion_code c where c.promotion_id = ${promotionId} ${start} order by c.code limit ${page.limit}`,
  )
  return rows.map(({ code, redemptions }) => ({ code, redemptionCount: redemptions }))
}

/** A company's code. Undefined when it has none of the name. */
export async function findCode(db: Queries, tenantId: string, code: string): Promise<FoundCode | undefined> {
  const [row] = await run<PromotionRow & { code_id: string; code: string; used_up: boolean }>(
    db,
    sql`select p.*, 0 as code_count, 0 as redemption_count, c.code_id, c.code,
        coalesce(c.redemption_count >= c.max_redemptions, false) as used_up
      from promotion_code c join promotion p on p.promotion_id = c.promotion_id
      where c.tenant_id = ${tenantId} and c.code = ${code}`,
  )
  return row && { codeId: row.code_id, code: row.code, promotion: promotionFrom(row), isUsedUp: row.used_up }
}

/** A code that a booking redeems. */
export type Redemption = { readonly promotionId: string; readonly codeId: string; readonly code: string }

/**
 * Redeems a code for a booking that was just held. Fails on `promotion_code_within_limit` and
 * `promotion_person_within_limit` when that is once too often.
 */
export async function redeem(tx: Tx, bookingId: string, { promotionId, codeId }: Redemption): Promise<void> {
  await run(
    tx,
    sql`
    with redeeming as (
      update booking set promotion_code_id = ${codeId}::uuid where booking_id = ${bookingId}
      returning booking_id, tenant_id, phone
    )
    insert into promotion_redemption (booking_id, tenant_id, promotion_id, code_id, phone, live)
    select booking_id, tenant_id, ${promotionId}::uuid, ${codeId}::uuid, phone, true from redeeming`,
  )
}

/** Whether the code of a booking whose hold is over was redeemed by others as often as it may: then it cannot be sold late. */
export async function lostItsCode(db: Queries, bookingId: string): Promise<boolean> {
  const rows = await run(
    db,
    sql`select 1 from promotion_redemption r
      join promotion_code c on c.code_id = r.code_id
      left join promotion_person o on o.promotion_id = r.promotion_id and o.phone = r.phone
      where r.booking_id = ${bookingId} and not r.live
        and (c.redemption_count >= c.max_redemptions or o.redemption_count >= o.max_redemptions)`,
  )
  return rows.length > 0
}

function promotionFrom(row: PromotionRow): Promotion {
  return {
    promotionId: row.promotion_id,
    tenantId: row.tenant_id,
    name: row.name,
    off:
      row.currency === null || row.amount_minor === null
        ? { basisPoints: BigInt(row.basis_points!) }
        : { amount: money(row.currency, BigInt(row.amount_minor)) },
    validFrom: instant(row.valid_from),
    validUntil: instant(row.valid_until),
    maxPerCode: row.max_per_code ?? undefined,
    maxPerPerson: row.max_per_person ?? undefined,
    endTime: instantOrNone(row.end_time),
    createTime: instant(row.create_time),
    codeCount: row.code_count,
    redemptionCount: BigInt(row.redemption_count),
  }
}
