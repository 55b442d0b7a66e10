import { bigint, boolean, customType, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '#kit'

/** The tables of auth, as `migrations/` makes them; what they are for stands there. */

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })

export const users = pgTable('users', {
  userId: uuid('user_id').primaryKey(),
  kind: text('kind', { enum: ['PERSON', 'GUEST'] }).notNull(),
  displayName: text('display_name').notNull(),
  phone: text('phone'),
  phoneVerifyTime: instant('phone_verify_time'),
  email: text('email'),
  emailVerifyTime: instant('email_verify_time'),
  language: text('language').notNull(),
  passwordHash: text('password_hash'),
  createTime: instant('create_time').notNull(),
  updateTime: instant('update_time').notNull(),
})

export const signUp = pgTable('sign_up', {
  signUpId: uuid('sign_up_id').primaryKey(),
  contactKind: text('contact_kind', { enum: ['PHONE', 'EMAIL'] }).notNull(),
  contact: text('contact').notNull(),
  passwordHash: text('password_hash').notNull(),
  displayName: text('display_name').notNull(),
  language: text('language').notNull(),
  createTime: instant('create_time').notNull(),
  expireTime: instant('expire_time').notNull(),
})

export const oneTimeCode = pgTable('one_time_code', {
  codeId: uuid('code_id').primaryKey(),
  contact: text('contact').notNull(),
  purpose: text('purpose', { enum: ['SIGN_UP', 'LOG_IN', 'VERIFY_CONTACT', 'RESET_PASSWORD'] }).notNull(),
  codeHash: bytes('code_hash').notNull(),
  attempts: integer('attempts').notNull(),
  createTime: instant('create_time').notNull(),
  expireTime: instant('expire_time').notNull(),
  useTime: instant('use_time'),
})

export const attempt = pgTable('attempt', {
  attemptKey: bytes('attempt_key').primaryKey(),
  failures: integer('failures').notNull(),
  forgetFromTime: instant('forget_from_time').notNull(),
  nextTime: instant('next_time').notNull(),
})

export const session = pgTable('session', {
  sessionId: uuid('session_id').primaryKey(),
  userId: uuid('user_id').notNull(),
  tenantId: uuid('tenant_id'),
  deviceName: text('device_name').notNull(),
  createTime: instant('create_time').notNull(),
  refreshTime: instant('refresh_time').notNull(),
  expireTime: instant('expire_time').notNull(),
  endTime: instant('end_time'),
  endReason: text('end_reason', {
    enum: ['LOGGED_OUT', 'TOKEN_REUSED', 'PASSWORD_CHANGED', 'ROLE_REVOKED', 'TENANT_SUSPENDED'],
  }),
})

export const refreshToken = pgTable('refresh_token', {
  tokenHash: bytes('token_hash').primaryKey(),
  sessionId: uuid('session_id').notNull(),
  createTime: instant('create_time').notNull(),
  useTime: instant('use_time'),
  successorSalt: bytes('successor_salt'),
  successorHash: bytes('successor_hash'),
})

export const role = pgTable('role', {
  role: text('role').primaryKey(),
  description: text('description').notNull(),
  tenantBound: boolean('tenant_bound').notNull(),
  permissions: text('permissions').array().notNull(),
})

export const roleGrant = pgTable('role_grant', {
  userId: uuid('user_id').notNull(),
  role: text('role').notNull(),
  tenantId: uuid('tenant_id'),
  createTime: instant('create_time').notNull(),
  revision: bigint('revision', { mode: 'bigint' }).notNull().default(0n),
  revoked: boolean('revoked').notNull().default(false),
})

/** A condition as JSON: bigint has no place there. */
export type StoredCondition = {
  readonly ownOnly?: boolean
  readonly stationIds?: readonly string[]
  readonly maxAmount?: { readonly currency: string; readonly minor: string }
}

export const permissionGrant = pgTable('permission_grant', {
  userId: uuid('user_id').notNull(),
  permission: text('permission').notNull(),
  tenantId: uuid('tenant_id'),
  condition: jsonb('condition').$type<StoredCondition>(),
  createTime: instant('create_time').notNull(),
})

export const tenantState = pgTable('tenant_state', {
  tenantId: uuid('tenant_id').primaryKey(),
  revision: bigint('revision', { mode: 'bigint' }).notNull(),
  suspended: boolean('suspended').notNull(),
})

export const signingKey = pgTable('signing_key', {
  keyId: text('key_id').primaryKey(),
  publicX: text('public_x').notNull(),
  sealedPrivate: bytes('sealed_private'),
  createTime: instant('create_time').notNull(),
  signFromTime: instant('sign_from_time').notNull(),
  signUntilTime: instant('sign_until_time'),
  verifyUntilTime: instant('verify_until_time'),
})

export const apiKey = pgTable('api_key', {
  apiKeyId: uuid('api_key_id').primaryKey(),
  userId: uuid('user_id').notNull(),
  tenantId: uuid('tenant_id'),
  name: text('name').notNull(),
  prefix: text('prefix').notNull(),
  secretHash: bytes('secret_hash').notNull(),
  retrySalt: bytes('retry_salt'),
  scopes: text('scopes').array().notNull(),
  createTime: instant('create_time').notNull(),
  expireTime: instant('expire_time').notNull(),
  useTime: instant('use_time'),
  revokeTime: instant('revoke_time'),
})

export type UserRow = typeof users.$inferSelect
export type SignUpRow = typeof signUp.$inferSelect
export type CodeRow = typeof oneTimeCode.$inferSelect
export type SessionRow = typeof session.$inferSelect
export type RefreshTokenRow = typeof refreshToken.$inferSelect
export type RoleRow = typeof role.$inferSelect
export type SigningKeyRow = typeof signingKey.$inferSelect
export type ApiKeyRow = typeof apiKey.$inferSelect
export type Purpose = CodeRow['purpose']
export type EndReason = NonNullable<SessionRow['endReason']>
