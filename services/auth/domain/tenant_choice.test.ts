import { expect, test } from 'vitest'
import { type ChosenTenant, chooseTenant, type TenantChoice } from './tenant_choice.ts'

const base: TenantChoice = { wanted: undefined, memberOf: [], suspended: new Set(), forAny: false }

test.each<[string, Partial<TenantChoice>, ChosenTenant]>([
  ['a passenger acts for nobody', {}, { tenantId: undefined }],
  ['an agent acts for the only company', { memberOf: ['volcano'] }, { tenantId: 'volcano' }],
  ['of two companies none is chosen unasked', { memberOf: ['volcano', 'horizon'] }, { tenantId: undefined }],
  [
    'a suspended company does not make it two',
    { memberOf: ['volcano', 'horizon'], suspended: new Set(['horizon']) },
    { tenantId: 'volcano' },
  ],
  ['a member may choose', { wanted: 'horizon', memberOf: ['volcano', 'horizon'] }, { tenantId: 'horizon' }],
  ['a stranger may not', { wanted: 'horizon', memberOf: ['volcano'] }, { refusal: 'NOT_A_MEMBER' }],
  [
    'nobody acts for their suspended company',
    { wanted: 'volcano', memberOf: ['volcano'], suspended: new Set(['volcano']) },
    { refusal: 'TENANT_SUSPENDED' },
  ],
  [
    'strangers do not learn that a company is suspended',
    { wanted: 'horizon', suspended: new Set(['horizon']) },
    { refusal: 'NOT_A_MEMBER' },
  ],
  [
    'administrators act for any company',
    { wanted: 'horizon', forAny: true, suspended: new Set(['horizon']) },
    { tenantId: 'horizon' },
  ],
])('%s', (_rule, choice, chosen) => {
  expect(chooseTenant({ ...base, ...choice })).toEqual(chosen)
})
