// Seals payment's columns anew, after PAYMENT_KEY was changed: npm run rekey
//   PAYMENT_KEY (or PAYMENT_KEY_FILE) is the new key, PAYMENT_KEY_FORMER the one before it, DATABASE_URL where they are.
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { readSettings, UserError } from '#kit'
import { DEVELOPMENT_KEY, settings } from '../services/payment/config.ts'
import type { Keyring } from '../services/payment/crypto/seal.ts'
import { keyringOf } from '../services/payment/flow/column_keys.ts'
import { resealAll } from '../services/payment/store/column_key.ts'
import { run } from './command/command.ts'

/** Seals every column under the ring's key, in one transaction. Returns how many rows it changed. */
export async function rekey(databaseUrl: string, ring: Keyring): Promise<number> {
  const connection = { search_path: 'payment, public', 'app.scope': 'system' }
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection })
  try {
    return await drizzle(sql).transaction((tx) => resealAll(tx, ring))
  } finally {
    await sql.end()
  }
}

if (import.meta.main) {
  await run(async () => {
    const url = process.env['DATABASE_URL']
    if (!url) throw new UserError('Set DATABASE_URL to the database of the suite; `npm start` prints it.')
    const { key, formerKeys } = readSettings({ key: settings.key, formerKeys: settings.formerKeys }, process.env)
    if (key === DEVELOPMENT_KEY) throw new UserError('Set PAYMENT_KEY or PAYMENT_KEY_FILE to the new key.')
    const ring = keyringOf({ key, formerKeys })
    const count = await rekey(url, ring)
    console.log(`${count} rows are sealed anew under the key ${ring.keyId}: start payment with it now`)
  })
}
