import { bigint, boolean, customType, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '#kit'

/** The tables of tenant, as `migrations/` makes them; what they are for stands there. */

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })

export const tenant = pgTable('tenant', {
  tenantId: uuid('tenant_id').primaryKey(),
  slug: text('slug').notNull(),
  name: text('name').notNull(),
  country: text('country').notNull(),
  state: text('state', { enum: ['ACTIVE', 'SUSPENDED', 'DELETED'] }).notNull(),
  suspendReason: text('suspend_reason').notNull(),
  currency: text('currency').notNull(),
  timeZone: text('time_zone').notNull(),
  languages: text('languages').array().notNull(),
  revision: bigint('revision', { mode: 'bigint' }).notNull(),
  createTime: instant('create_time').notNull(),
  updateTime: instant('update_time').notNull(),
})

export const member = pgTable('member', {
  tenantId: uuid('tenant_id').notNull(),
  userId: uuid('user_id').notNull(),
  role: text('role', { enum: ['manager', 'agent', 'conductor', 'driver'] }).notNull(),
  state: text('state', { enum: ['GRANTING', 'ACTIVE', 'REVOKING', 'REMOVED'] }).notNull(),
  revision: bigint('revision', { mode: 'bigint' }).notNull(),
  joinTime: instant('join_time').notNull(),
  changeTime: instant('change_time').notNull(),
})

export const invitation = pgTable('invitation', {
  invitationId: uuid('invitation_id').primaryKey(),
  tenantId: uuid('tenant_id').notNull(),
  phone: text('phone'),
  email: text('email'),
  role: text('role', { enum: ['manager', 'agent', 'conductor', 'driver'] }).notNull(),
  tokenHash: bytes('token_hash').notNull(),
  createTime: instant('create_time').notNull(),
  expireTime: instant('expire_time').notNull(),
  acceptTime: instant('accept_time'),
  acceptUserId: uuid('accept_user_id'),
  revokeTime: instant('revoke_time'),
})

export const featureFlag = pgTable('feature_flag', {
  tenantId: uuid('tenant_id').notNull(),
  flag: text('flag').notNull(),
  enabled: boolean('enabled').notNull(),
  updateTime: instant('update_time').notNull(),
})

export type TenantRow = typeof tenant.$inferSelect
export type MemberRow = typeof member.$inferSelect
export type InvitationRow = typeof invitation.$inferSelect
export type FeatureFlagRow = typeof featureFlag.$inferSelect
export type MemberRoleName = MemberRow['role']
