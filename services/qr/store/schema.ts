import { bigint, customType, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '#kit'

/** Bytes as Node holds them. */
const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/** Kinds of keys, as `KeyAlgorithm` names them. */
export type Algorithm = 'HMAC_SHA256' | 'ED25519'

/** Signs new tickets; only verifies old ones; has no tickets left and its secret is gone. */
export type KeyState = 'SIGNING' | 'VERIFYING' | 'RETIRED'

export const signingKey = pgTable('signing_key', {
  keyId: text('key_id').primaryKey(),
  algorithm: text('algorithm').$type<Algorithm>().notNull(),
  state: text('state').$type<KeyState>().notNull(),
  sealedSecret: bytea('sealed_secret'),
  publicKey: bytea('public_key'),
  createTime: instant('create_time').notNull(),
  rotateTime: instant('rotate_time'),
  retireTime: instant('retire_time'),
})

export const signedTicket = pgTable('signed_ticket', {
  ticketId: uuid('ticket_id').primaryKey(),
  tenantId: uuid('tenant_id').notNull(),
  code: text('code').notNull(),
  macKeyId: text('mac_key_id').notNull(),
  signatureKeyId: text('signature_key_id').notNull(),
  expireTime: instant('expire_time').notNull(),
  createTime: instant('create_time').notNull(),
})

export const revocationVersion = pgTable('revocation_version', {
  tenantId: uuid('tenant_id').primaryKey(),
  version: bigint('version', { mode: 'bigint' }).notNull(),
})

export const revocation = pgTable('revocation', {
  ticketId: uuid('ticket_id').primaryKey(),
  tenantId: uuid('tenant_id').notNull(),
  version: bigint('version', { mode: 'bigint' }).notNull(),
  reason: text('reason').notNull(),
  revokeTime: instant('revoke_time').notNull(),
})

export const boarding = pgTable('boarding', {
  ticketId: uuid('ticket_id').primaryKey(),
  tenantId: uuid('tenant_id').notNull(),
  tripId: uuid('trip_id').notNull(),
  boardTime: instant('board_time').notNull(),
})

export type SigningKeyRow = typeof signingKey.$inferSelect
export type SignedTicketRow = typeof signedTicket.$inferSelect
export type RevocationRow = typeof revocation.$inferSelect
export type BoardingRow = typeof boarding.$inferSelect
