import { create, createFileRegistry, type DescMethod, type MessageInitShape, setExtension } from '@bufbuild/protobuf'
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  type FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  FileDescriptorSetSchema,
  MethodOptions_IdempotencyLevel as Level,
  MethodOptionsSchema,
} from '@bufbuild/protobuf/wkt'
import { field as fieldRules, FieldRulesSchema } from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js'
import { expect, test } from 'vitest'
import { Audience, policy, PolicySchema, RateClass, Scope } from '../../gen/tms/access/v1/access_pb.ts'
import { file_google_type_money } from '../../gen/google/type/money_pb.ts'
import { accessFaults, idempotencyFaults, policyFaults } from './contract_rules.ts'
import { validationFaults } from './validation_rules.ts'

type Rules = MessageInitShape<typeof FieldRulesSchema>
type Field = { readonly name: string; readonly type?: Type; readonly repeated?: boolean; readonly rules?: Rules }
type Method = {
  readonly level?: Level
  readonly access?: MessageInitShape<typeof PolicySchema>
  readonly fields?: readonly Field[]
}

const REQUEST = '.tms.shop.v1.Request'

/** A method as its proto would describe it, in a package `tms.shop.v1`. */
function method(name: string, { level = Level.IDEMPOTENCY_UNKNOWN, access, fields = [] }: Method): DescMethod {
  const options = create(MethodOptionsSchema, { idempotencyLevel: level })
  if (access) setExtension(options, policy, create(PolicySchema, access))
  const file = {
    name: 'tms/shop/v1/shop.proto',
    package: 'tms.shop.v1',
    syntax: 'proto3',
    dependency: ['google/type/money.proto'],
    messageType: [{ name: 'Request', field: fields.map(described) }],
    service: [{ name: 'ShopService', method: [{ name, inputType: REQUEST, outputType: REQUEST, options }] }],
  }
  const set = create(FileDescriptorSetSchema, { file: [file_google_type_money.proto, file] })
  const found = createFileRegistry(set).getService('tms.shop.v1.ShopService')?.methods[0]
  if (!found) throw new Error('the registry lost the method')
  return found
}

function described(field: Field, index: number): MessageInitShape<typeof FieldDescriptorProtoSchema> {
  const { name, type = Type.STRING, repeated = false, rules } = field
  const options = create(FieldOptionsSchema)
  if (rules) setExtension(options, fieldRules, create(FieldRulesSchema, rules))
  const typeName = type === Type.MESSAGE ? '.google.type.Money' : ''
  return { name, number: index + 1, type, typeName, label: repeated ? Label.REPEATED : Label.OPTIONAL, options }
}

/** The faults without the place. */
const said = (faults: readonly string[]): string[] => faults.map((fault) => fault.replace(/^.*ShopService\.\w+:? /, ''))

const uuid: Rules = { type: { case: 'string', value: { wellKnown: { case: 'uuid', value: true } } } }
const publicAccess = { permission: 'shop.orders.create', audience: Audience.PUBLIC, scope: Scope.OWN }

test('an RPC without a policy, or without an audience, is found', () => {
  const faults = policyFaults([method('GetOrder', {}), method('ListOrders', { access: {} })])
  expect(said(faults)).toEqual(['has no (tms.access.v1.policy)', 'names no audience'])
})

test.each([
  [
    'a foreign permission',
    { permission: 'store.orders.read' },
    'asks for store.orders.read, which is not shop.<resource>.<verb>',
  ],
  [
    'rows of a tenant for all',
    { permission: '', scope: Scope.TENANT },
    "works on a tenant's rows without a permission",
  ],
  ['all rows for all', { permission: '', scope: Scope.PLATFORM }, 'works on all rows without a permission'],
  ['a write as a read', { rateClass: RateClass.READ }, 'changes something on the budget for reads'],
])('%s is found', (_, access, fault) => {
  expect(said(accessFaults([method('PlaceOrder', { access: { ...publicAccess, ...access } })]))).toEqual([fault])
})

test.each<[string, Method, string[]]>([
  ['ListOrders', { access: publicAccess }, ['reads by its name, but is not NO_SIDE_EFFECTS']],
  ['CreateOrder', { access: publicAccess }, ['creates something without an idempotency key']],
  [
    'PlaceOrder',
    { access: { ...publicAccess, rateClass: RateClass.MONEY } },
    ['moves money without an idempotency key'],
  ],
  [
    'PlaceOrder',
    { access: publicAccess, fields: [{ name: 'price', type: Type.MESSAGE }] },
    ['takes an amount, and is not safe to repeat'],
  ],
  [
    'CreateOrder',
    { level: Level.IDEMPOTENT, access: { ...publicAccess, idempotencyKey: 'order_id' } },
    ['names order_id as its idempotency key, which is no field of Request'],
  ],
  [
    'CreateOrder',
    {
      level: Level.IDEMPOTENT,
      access: { ...publicAccess, idempotencyKey: 'order_id' },
      fields: [{ name: 'order_id' }],
    },
    ['has an idempotency key order_id that may be empty: give it a rule, such as string.uuid'],
  ],
  [
    'CreateOrder',
    { access: { ...publicAccess, idempotencyKey: 'order_id' }, fields: [{ name: 'order_id', rules: uuid }] },
    ['has an idempotency key, so it is IDEMPOTENT'],
  ],
  [
    'CreateOrder',
    {
      level: Level.IDEMPOTENT,
      access: { ...publicAccess, idempotencyKey: 'order_id' },
      fields: [{ name: 'order_id', rules: uuid }],
    },
    [],
  ],
])('%s is judged by what a repeat of it does (%#) [S1-79]', (name, shape, faults) => {
  expect(said(idempotencyFaults([method(name, shape)]))).toEqual(faults)
})

test.each<[string, Field, string[]]>([
  ['no rule', { name: 'note' }, ['takes anything: give it a buf.validate rule']],
  [
    'a text without an end',
    { name: 'note', rules: { type: { case: 'string', value: { minLen: 1n } } } },
    ['takes a text of any length: give it string.max_len or a form'],
  ],
  [
    'a list without an end',
    { name: 'ids', repeated: true, rules: { type: { case: 'repeated', value: { minItems: 1n, items: uuid } } } },
    ['takes any number: give it repeated.max_items'],
  ],
  [
    'a list of texts without an end',
    { name: 'ids', repeated: true, rules: { type: { case: 'repeated', value: { maxItems: 8n } } } },
    ['takes a text of any length: give it string.max_len or a form'],
  ],
  [
    'bytes without an end',
    { name: 'body', type: Type.BYTES, rules: { required: true } },
    ['takes any number of bytes: give it bytes.max_len'],
  ],
  [
    'a bounded list',
    { name: 'ids', repeated: true, rules: { type: { case: 'repeated', value: { maxItems: 8n, items: uuid } } } },
    [],
  ],
  ['a flag', { name: 'express', type: Type.BOOL }, []],
  ['an amount', { name: 'price', type: Type.MESSAGE }, []],
])('%s in a request is judged', (_, field, faults) => {
  const found = validationFaults([method('PlaceOrder', { fields: [field] })])
  expect(said(found)).toEqual(faults.map((fault) => `Request.${field.name} ${fault}`))
})
