import { type SQL, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { isSealed, type Keyring, type Use } from '../crypto/seal.ts'

/** Names the key that this database's columns are sealed under, unless one is named already. Returns the one that is. */
export async function nameKey(
  tx: Queries,
  keyId: string,
): Promise<{ readonly keyId: string; readonly isFirst: boolean }> {
  const [first] = await tx.execute(
    sql`insert into column_key (key_id) values (${keyId}) on conflict do nothing returning 1`,
  )
  const [row] = await tx.execute<{ key_id: string }>(sql`select key_id from column_key`)
  return { keyId: row?.key_id ?? '', isFirst: first !== undefined }
}

type Sealed = { readonly column: string; readonly use: Exclude<Use, 'raw'> }

const number = (column: string): Sealed => ({ column, use: 'number' })
const reference = (column: string): Sealed => ({ column, use: 'reference' })

/** Every column that `schema.ts` and its neighbours declare as sealed text, by table; a test holds the two together. */
export const sealedColumns: Readonly<Record<string, readonly Sealed[]>> = {
  payment_attempt: [
    number('phone'),
    ...['request_reference', 'receipt', 'claimed_receipt', 'inquiry_reference', 'approve_url'].map(reference),
  ],
  payment_refund: [
    number('phone'),
    ...['paid_receipt', 'request_reference', 'inquiry_reference', 'receipt'].map(reference),
  ],
  payee_account: [number('account')],
  payout: [number('account'), ...['request_reference', 'inquiry_reference', 'receipt'].map(reference)],
  settlement_line: [number('party'), ...['receipt', 'request_reference'].map(reference)],
  reconciliation_break: [reference('receipt'), reference('subject_key')],
}

const BATCH = 1_000

/**
 * Seals under the ring's key whatever is not: what was never sealed, and what a former key sealed. All in the caller's
 * transaction, which keeps everybody else from writing meanwhile: half of a table under another key could hold a receipt
 * twice. Callbacks as they came are never changed: they are opened by the former key until they are pruned.
 *
 * @returns how many rows were changed
 */
export async function resealAll(tx: Queries, ring: Keyring): Promise<number> {
  const tables = [...Object.keys(sealedColumns), 'settlement_file_part'].map((name) => sql.identifier(name))
  await tx.execute(sql`lock table ${sql.join(tables, sql`, `)} in share row exclusive mode`)
  await tx.execute(sql`update column_key set key_id = ${ring.keyId}`)
  let count = await resealFiles(tx, ring)
  for (const [table, columns] of Object.entries(sealedColumns)) count += await resealTable(tx, ring, table, columns)
  return count
}

async function resealTable(tx: Queries, ring: Keyring, table: string, columns: readonly Sealed[]): Promise<number> {
  const names = columns.map(({ column }) => sql.identifier(column))
  const stale = sql.join(
    columns.map(({ column }) => staleIn(ring, column)),
    sql` or `,
  )
  for (let count = 0; ;) {
    // Nobody else writes: a row stays where it is until it is written here.
    const rows = await tx.execute<Record<string, string | null>>(sql`
      select ctid::text as place, ${sql.join(names, sql`, `)} from ${sql.identifier(table)} where ${stale} limit ${BATCH}`)
    if (rows.length === 0) return count
    const changed = rows.map((row) => ({
      place: row['place'],
      ...Object.fromEntries(columns.map(({ column, use }) => [column, resealed(ring, use, column, row[column])])),
    }))
    await writeBack(tx, table, columns, changed)
    count += rows.length
  }
}

async function writeBack(
  tx: Queries,
  table: string,
  columns: readonly Sealed[],
  rows: readonly object[],
): Promise<void> {
  const listed = (each: (name: SQL) => SQL) =>
    sql.join(
      columns.map(({ column }) => each(sql`${sql.identifier(column)}`)),
      sql`, `,
    )
  await tx.execute(sql`
    update ${sql.identifier(table)} as kept set ${listed((name) => sql`${name} = resealed.${name}`)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as resealed(place text, ${listed((name) => sql`${name} text`)})
    where kept.ctid = resealed.place::tid`)
}

/** The key of a break is its receipt, and which way the money went. */
const SUBJECT_KEY = 'subject_key'

function staleIn({ keyId }: Keyring, column: string): SQL {
  const name = sql.identifier(column)
  const current = sql`starts_with(${name}, ${`s1.${keyId}.`})`
  if (column !== SUBJECT_KEY) return sql`${name} <> '' and not ${current}`
  return sql`${name} ~ ' (in|out)' and ${name} !~ '^[0-9a-f-]{36} ' and not ${current}`
}

function resealed(ring: Keyring, use: Sealed['use'], column: string, value: string | null | undefined): string | null {
  if (value === null || value === undefined) return null
  if (column === SUBJECT_KEY) return resealedKey(ring, value)
  return ring.seal(use, ring.open(use, value))
}

function resealedKey(ring: Keyring, value: string): string {
  const [receipt = '', ...rest] = value.split(' ')
  const isSubject = !isSealed(receipt) && /^[0-9a-f-]{36}$/.test(receipt)
  return isSubject ? value : [ring.seal('reference', ring.open('reference', receipt)), ...rest].join(' ')
}

async function resealFiles(tx: Queries, ring: Keyring): Promise<number> {
  const stale = Buffer.from(`7331${ring.keyId}`, 'hex') // the mark of sealed bytes, and the key
  for (let count = 0; ; count++) {
    const [part] = await tx.execute<{ id: string; part_number: number; content: Buffer }>(sql`
      select reconciliation_id as id, part_number, content from settlement_file_part
      where substring(content from 1 for 6) <> ${stale} limit 1`)
    if (!part) return count
    await tx.execute(sql`
      update settlement_file_part set content = ${ring.sealBytes(ring.openBytes(part.content))}
      where reconciliation_id = ${part.id} and part_number = ${part.part_number}`)
  }
}
