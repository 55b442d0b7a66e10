import { sql } from 'drizzle-orm'
import { money, type Money, type Queries, type Tx } from '#kit'
import { iso, run } from './query.ts'

/** How a company boards, and what luggage costs. */
export type BoardingRules = {
  readonly releaseNoShows: boolean
  readonly freeLuggagePieces: number
  /** For each piece beyond the free ones; undefined: none is taken. */
  readonly extraPieceFee: Money | undefined
  /** For each parcel; undefined: none is taken. */
  readonly parcelFee: Money | undefined
}

/** What holds until a company says otherwise. */
const unset: BoardingRules = {
  releaseNoShows: false,
  freeLuggagePieces: 0,
  extraPieceFee: undefined,
  parcelFee: undefined,
}

type RulesRow = {
  release_no_shows: boolean
  free_luggage_pieces: number
  extra_piece_currency: string | null
  extra_piece_minor: string | null
  parcel_currency: string | null
  parcel_minor: string | null
}

/** A company's rules; those that hold for everybody while it has set none. */
export async function readRules(db: Queries, tenantId: string): Promise<BoardingRules> {
  const [row] = await run<RulesRow>(db, sql`select * from boarding_rules where tenant_id = ${tenantId}`)
  if (!row) return unset
  return {
    releaseNoShows: row.release_no_shows,
    freeLuggagePieces: row.free_luggage_pieces,
    extraPieceFee: feeFrom(row.extra_piece_currency, row.extra_piece_minor),
    parcelFee: feeFrom(row.parcel_currency, row.parcel_minor),
  }
}

/** Sets a company's rules. */
export async function writeRules(
  tx: Tx,
  tenantId: string,
  rules: BoardingRules,
  by: { readonly userId: string; readonly now: Date },
): Promise<void> {
  const { releaseNoShows, freeLuggagePieces, extraPieceFee, parcelFee } = rules
  await run(
    tx,
    sql`insert into boarding_rules (tenant_id, release_no_shows, free_luggage_pieces, extra_piece_currency,
        extra_piece_minor, parcel_currency, parcel_minor, update_user_id, update_time)
      values (${tenantId}, ${releaseNoShows}, ${freeLuggagePieces}, ${extraPieceFee?.currency ?? null},
        ${extraPieceFee?.minor ?? null}, ${parcelFee?.currency ?? null}, ${parcelFee?.minor ?? null}, ${by.userId},
        ${iso(by.now)}::timestamptz)
      on conflict (tenant_id) do update set release_no_shows = excluded.release_no_shows,
        free_luggage_pieces = excluded.free_luggage_pieces, extra_piece_currency = excluded.extra_piece_currency,
        extra_piece_minor = excluded.extra_piece_minor, parcel_currency = excluded.parcel_currency,
        parcel_minor = excluded.parcel_minor, update_user_id = excluded.update_user_id,
        update_time = excluded.update_time`,
  )
}

function feeFrom(currency: string | null, minor: string | null): Money | undefined {
  return currency === null || minor === null ? undefined : money(currency, BigInt(minor))
}
