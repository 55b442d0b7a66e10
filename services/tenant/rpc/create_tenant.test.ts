import { expect } from 'vitest'
import { placements } from '#kit/testing'
import {
  MemberInvitedSchema,
  TenantCreatedSchema,
  TenantDeletedSchema,
  TenantUpdatedSchema,
} from '#gen/tms/tenant/v1/events_pb.ts'
import { Tenant_State as State } from '#gen/tms/tenant/v1/tenant_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import auth from '../../auth/service.ts'
import { present, reasonFor } from '../testing/people.ts'
import tenant from '../service.ts'
import { company, email, managerOf, phone, platform, uuid } from '../testing/companies.ts'

const volcano = 'volcano-express'

placements(
  'a company is made, read, changed, suspended and deleted, and its first manager is invited [S4-17][S1-57][S2-24][S2-51]',
  [auth, tenant],
  async (suite) => {
    const staff = platform(suite)
    const made = company(volcano)
    const { tenantId } = made
    const { tenant: row, invitation } = await staff.createTenant(made)
    expect(row).toMatchObject({ tenantId, slug: volcano, state: State.ACTIVE, revision: 1n, settings: made.settings })
    expect(invitation).toMatchObject({ role: 'manager', contact: phone('+250788000004'), tenantName: volcano })
    const [created] = await suite.published(TenantCreatedSchema)
    expect(created).toMatchObject({
      tenantId,
      slug: volcano,
      currency: 'RWF',
      timeZone: 'Africa/Kigali',
      country: 'RW',
    })
    const [invited, ...others] = await suite.published(MemberInvitedSchema)
    expect(invited).toMatchObject({ tenantId, phone: '+250788000004', role: 'manager', language: 'rw' })
    expect(others).toEqual([])

    await staff.updateTenant({ tenantId, name: 'Volcano Express Ltd' })
    expect((await staff.getTenant({ tenantId })).tenant).toMatchObject({ name: 'Volcano Express Ltd', country: 'RW' })
    expect((await suite.published(TenantUpdatedSchema)).at(-1)).toMatchObject({ name: 'Volcano Express Ltd' })

    expect(await reasonFor(staff.deleteTenant({ tenantId }))).toBe('TENANT_ACTIVE')
    await staff.suspendTenant({ tenantId, reason: 'licence ran out' })
    await staff.deleteTenant({ tenantId })
    expect(await reasonFor(staff.getTenant({ tenantId }))).toBe('TENANT_UNKNOWN')
    expect((await staff.listTenants({})).tenants).toEqual([])
    expect(await suite.published(TenantDeletedSchema)).toHaveLength(1)
    expect(await reasonFor(staff.resumeTenant({ tenantId }))).toBe('TENANT_UNKNOWN')
    expect(await reasonFor(staff.createTenant({ ...company(volcano) }))).toBe('SLUG_TAKEN')
  },
)

placements(
  'slugs are unique and none is the platform’s own, time zones and numbers are real, ids are not used twice [S4-17]',
  [auth, tenant],
  async (suite) => {
    const staff = platform(suite)
    const made = company(volcano)
    await staff.createTenant(made)
    const reason = (change: object) => reasonFor(staff.createTenant({ ...company('horizon'), ...change }))
    expect(await reason({ slug: volcano })).toBe('SLUG_TAKEN')
    expect(await reason({ slug: 'admin' })).toBe('SLUG_TAKEN')
    expect(await reason({ slug: 'Volcano Express' })).toBe('REQUEST_INVALID')
    expect(await reason({ slug: '-volcano' })).toBe('REQUEST_INVALID')
    expect(await reason({ settings: { ...made.settings, timeZone: 'Africa/Volcano' } })).toBe('TIME_ZONE_UNKNOWN')
    expect(await reason({ settings: { ...made.settings, currency: 'USD' } })).toBe('REQUEST_INVALID')
    expect(await reason({ settings: { ...made.settings, languages: [] } })).toBe('REQUEST_INVALID')
    expect(await reason({ manager: phone('+250488000004') })).toBe('CONTACT_INVALID')
    expect(await reason({ manager: email('manager@horizon.rw') })).toBe('ANSWERED')
    expect(await reasonFor(staff.createTenant({ ...made, name: 'Another' }))).toBe('IDEMPOTENCY_KEY_REUSED')
    const colleague = platform(suite)
    expect(await reasonFor(colleague.createTenant({ ...made, slug: 'other' }))).toBe('ID_TAKEN')
  },
)

placements(
  'companies are listed by slug, page by page, and services read several at once [S2-24]',
  [auth, tenant],
  async (suite) => {
    const staff = platform(suite)
    const slugs = ['horizon', 'ritco', 'stella', 'virunga', volcano]
    const ids: string[] = []
    for (const slug of slugs.toReversed()) {
      const { tenant: row } = await staff.createTenant(company(slug))
      ids.push(present(row).tenantId)
    }
    const seen: string[] = []
    for (let pageToken = '', pages = 0; pages === 0 || pageToken !== ''; pages++) {
      const page = await staff.listTenants({ pageSize: 2, pageToken })
      seen.push(...page.tenants.map(({ slug }) => slug))
      pageToken = page.nextPageToken
    }
    expect(seen).toEqual(slugs)
    const madeUp = Buffer.from('{"slug":1}').toString('base64url')
    expect(await reasonFor(staff.listTenants({ pageToken: madeUp }))).toBe('PAGE_TOKEN_INVALID')
    const manager = managerOf(suite, ids[0] ?? '')
    expect(await reasonFor(manager.listMembers({ pageToken: madeUp }))).toBe('PAGE_TOKEN_INVALID')
    expect(await reasonFor(manager.listInvitations({ pageToken: madeUp }))).toBe('PAGE_TOKEN_INVALID')
    const company5 = suite.peer(TenantService, 'company')
    const { tenants } = await company5.batchGetTenants({ tenantIds: [ids[0] ?? '', ids[1] ?? '', uuid()] })
    expect(tenants.map(({ slug }) => slug).toSorted()).toEqual(['virunga', volcano])
    expect(await reasonFor(staff.batchGetTenants({ tenantIds: ids }))).toBe('AUDIENCE_MISMATCH')
  },
)

placements('a company changes its own settings and sees what it changed [S4-17]', [auth, tenant], async (suite) => {
  const made = company(volcano)
  await platform(suite).createTenant(made)
  const manager = managerOf(suite, made.tenantId)
  const settings = { currency: 'KES', timeZone: 'Africa/Nairobi', languages: ['sw', 'en'] }
  expect((await manager.updateSettings({ settings })).tenant).toMatchObject({
    settings,
    revision: expect.any(BigInt) as bigint,
  })
  expect((await manager.getSettings({})).tenant).toMatchObject({ settings, slug: volcano })
  expect((await suite.published(TenantUpdatedSchema)).at(-1)).toMatchObject({ ...settings, name: volcano })
  expect(await reasonFor(manager.updateSettings({ settings: { ...settings, timeZone: '+03:00' } }))).toBe(
    'TIME_ZONE_UNKNOWN',
  )
})
