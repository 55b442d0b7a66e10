import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { QuarantineReason, ReadEntry } from '../../domain/pos/audit.ts'
import { instant, instantOrNone, iso, run } from '../query.ts'

/** Where a quarantine stands. */
export type QuarantineState = 'OPEN' | 'RELEASED' | 'REJECTED'

/** Entries that are kept and not counted until a manager has looked at them. */
export type Quarantine = {
  readonly quarantineId: string
  readonly tenantId: string
  readonly deviceId: string
  readonly reasons: readonly QuarantineReason[]
  readonly detail: string
  readonly state: QuarantineState
  readonly entryCount: number
  readonly createTime: Date
  readonly decideTime: Date | undefined
  readonly deciderUserId: string
  readonly note: string
}

/** What is found when a quarantine is opened. */
export type NewQuarantine = Pick<
  Quarantine,
  'quarantineId' | 'tenantId' | 'deviceId' | 'reasons' | 'detail' | 'createTime'
>

/** Opens a quarantine, or adds the reasons to the one that is open. */
export async function openQuarantine(tx: Tx, one: NewQuarantine): Promise<void> {
  await run(
    tx,
    sql`insert into pos_quarantine (quarantine_id, tenant_id, device_id, reasons, detail, state, create_time)
      values (${one.quarantineId}, ${one.tenantId}, ${one.deviceId}, ${sql.param(one.reasons)}::text[], ${one.detail},
        'OPEN', ${iso(one.createTime)}::timestamptz)
      on conflict (quarantine_id) do update set reasons = array(
        select distinct r from unnest(pos_quarantine.reasons || excluded.reasons) r order by r)`,
  )
}

/** Keeps entries in a quarantine; those that it has already are not kept twice. How many are new. */
export async function keepEntries(
  tx: Tx,
  { quarantineId, tenantId }: Pick<Quarantine, 'quarantineId' | 'tenantId'>,
  entries: readonly ReadEntry[],
  receiveTime: Date,
): Promise<number> {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  const rows = await run(
    tx,
    sql`
    insert into pos_quarantine_entry (quarantine_id, position, tenant_id, hash, body, signature, signature_good,
      receive_time)
    select ${quarantineId}::uuid, (select coalesce(max(position), 0) from pos_quarantine_entry
        where quarantine_id = ${quarantineId}::uuid) + e.place, ${tenantId}::uuid, decode(e.hash, 'hex'),
      decode(e.body, 'hex'), decode(e.signature, 'hex'), e.good, ${iso(receiveTime)}::timestamptz
    from unnest(
      ${sql.param(entries.map(({ hash }) => hash))}::text[], ${sql.param(entries.map(({ body }) => hex(body)))}::text[],
      ${sql.param(entries.map(({ signature }) => hex(signature)))}::text[],
      ${sql.param(entries.map(({ signatureGood }) => String(signatureGood)))}::text[]::boolean[]
    ) with ordinality as e (hash, body, signature, good, place)
    order by e.place
    on conflict on constraint pos_quarantine_entry_once do nothing
    returning 1`,
  )
  return rows.length
}

type QuarantineRow = {
  quarantine_id: string
  tenant_id: string
  device_id: string
  reasons: QuarantineReason[]
  detail: string
  state: QuarantineState
  entry_count: number
  create_time: string
  decide_time: string | null
  decider_user_id: string | null
  note: string
}

const columns = sql.raw(`q.quarantine_id, q.tenant_id, q.device_id, q.reasons, q.detail, q.state, q.create_time,
  q.decide_time, q.decider_user_id, q.note,
  (select count(*)::int from pos_quarantine_entry e where e.quarantine_id = q.quarantine_id) as entry_count`)

/** A quarantine; undefined when there is none among the rows that `db` may see. */
export async function readQuarantine(db: Queries, quarantineId: string): Promise<Quarantine | undefined> {
  const [row] = await run<QuarantineRow>(
    db,
    sql`select ${columns} from pos_quarantine q where q.quarantine_id = ${quarantineId}`,
  )
  return row && quarantineFrom(row)
}

/** Quarantines of the session's company, newest first. */
export async function listQuarantines(
  tx: Tx,
  state: QuarantineState | undefined,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<Quarantine[]> {
  const after = page.after ?? null
  const rows = await run<QuarantineRow>(
    tx,
    sql`select ${columns} from pos_quarantine q
      where (${state ?? null}::text is null or q.state = ${state ?? null}::text)
        and (${after}::uuid is null or q.quarantine_id < ${after}::uuid)
      order by q.quarantine_id desc limit ${page.limit}`,
  )
  return rows.map(quarantineFrom)
}

/** Decides about an open quarantine. False when somebody has decided before. */
export async function decideQuarantine(
  tx: Tx,
  quarantineId: string,
  decision: { readonly state: 'RELEASED' | 'REJECTED'; readonly userId: string; readonly note: string },
  now: Date,
): Promise<boolean> {
  const rows = await run(
    tx,
    sql`update pos_quarantine set state = ${decision.state}, decide_time = ${iso(now)}::timestamptz,
        decider_user_id = ${decision.userId}, note = ${decision.note}
      where quarantine_id = ${quarantineId} and state = 'OPEN' returning 1`,
  )
  return rows.length > 0
}

/** An entry as a quarantine keeps it. */
export type KeptEntry = {
  readonly position: number
  readonly hash: string
  readonly body: Buffer
  readonly signature: Buffer
  readonly signatureGood: boolean
  /** An EntryResult, once it is decided. */
  readonly result: Buffer | undefined
}

/** Entries of a quarantine behind a place, in the order in which they came. */
export async function keptEntries(
  db: Queries,
  quarantineId: string,
  after: number,
  limit: number | undefined,
): Promise<KeptEntry[]> {
  return selectKept(
    db,
    sql`where quarantine_id = ${quarantineId} and position > ${after} order by position limit ${limit ?? null}::int`,
  )
}

/** Entries of a device that were decided about, by some hashes. */
export async function decidedEntries(
  db: Queries,
  deviceId: string,
  hashes: readonly string[],
): Promise<Map<string, KeptEntry>> {
  const kept = await selectKept(
    db,
    sql`where result is not null and hash = any(array(select decode(h, 'hex') from unnest(${sql.param(hashes)}::text[]) h))
      and quarantine_id in (select quarantine_id from pos_quarantine where device_id = ${deviceId})`,
  )
  return new Map(kept.map((one) => [one.hash, one]))
}

/** Writes down what became of the entries of a quarantine. */
export async function keepResults(
  tx: Tx,
  quarantineId: string,
  results: readonly { readonly position: number; readonly result: Uint8Array }[],
): Promise<void> {
  await run(
    tx,
    sql`update pos_quarantine_entry e set result = decode(r.result, 'hex')
      from unnest(${sql.param(results.map(({ position }) => position))}::int[],
        ${sql.param(results.map(({ result }) => Buffer.from(result).toString('hex')))}::text[]) as r (position, result)
      where e.quarantine_id = ${quarantineId} and e.position = r.position`,
  )
}

async function selectKept(db: Queries, which: ReturnType<typeof sql>): Promise<KeptEntry[]> {
  const rows = await run<{
    position: number
    hash: Buffer
    body: Buffer
    signature: Buffer
    signature_good: boolean
    result: Buffer | null
  }>(db, sql`select position, hash, body, signature, signature_good, result from pos_quarantine_entry ${which}`)
  return rows.map((row) => ({
    position: row.position,
    hash: row.hash.toString('hex'),
    body: row.body,
    signature: row.signature,
    signatureGood: row.signature_good,
    result: row.result ?? undefined,
  }))
}

function quarantineFrom(row: QuarantineRow): Quarantine {
  return {
    quarantineId: row.quarantine_id,
    tenantId: row.tenant_id,
    deviceId: row.device_id,
    reasons: row.reasons,
    detail: row.detail,
    state: row.state,
    entryCount: row.entry_count,
    createTime: instant(row.create_time),
    decideTime: instantOrNone(row.decide_time),
    deciderUserId: row.decider_user_id ?? '',
    note: row.note,
  }
}
