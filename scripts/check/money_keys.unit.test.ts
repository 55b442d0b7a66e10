import { create, createFileRegistry, type DescMethod, type MessageInitShape, setExtension } from '@bufbuild/protobuf'
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorSetSchema,
  MethodOptions_IdempotencyLevel as Level,
  MethodOptionsSchema,
} from '@bufbuild/protobuf/wkt'
import { expect, test } from 'vitest'
import { file_google_type_money } from '../../gen/google/type/money_pb.ts'
import { policy, PolicySchema, RateClass } from '../../gen/tms/access/v1/access_pb.ts'
import { methodsOf, readContracts } from '../tidy/contracts.ts'
import { moneyKeyFaults } from './money_keys.ts'

type Access = MessageInitShape<typeof PolicySchema>

/** `tms.payment.v1.ShopService.Pay`, with or without an amount in its request. */
function pay(access: Access, { level = Level.IDEMPOTENT, amount = false } = {}): DescMethod {
  const options = create(MethodOptionsSchema, { idempotencyLevel: level })
  setExtension(options, policy, create(PolicySchema, access))
  const field = { name: 'amount', number: 1, label: Label.OPTIONAL, type: Type.MESSAGE, typeName: '.google.type.Money' }
  const request = '.tms.payment.v1.Request'
  const file = {
    name: 'tms/payment/v1/shop.proto',
    package: 'tms.payment.v1',
    syntax: 'proto3',
    dependency: ['google/type/money.proto'],
    messageType: [{ name: 'Request', field: amount ? [field] : [] }],
    service: [{ name: 'ShopService', method: [{ name: 'Pay', inputType: request, outputType: request, options }] }],
  }
  const set = create(FileDescriptorSetSchema, { file: [file_google_type_money.proto, file] })
  const found = createFileRegistry(set).getService('tms.payment.v1.ShopService')?.methods[0]
  if (!found) throw new Error('the registry lost the method')
  return found
}

test.each([
  ['its budget', pay({ rateClass: RateClass.MONEY })],
  ['its permission', pay({ permission: 'payment.payouts.approve' })],
  ['the amount that it takes', pay({}, { amount: true })],
])('an RPC that moves money by %s and takes no key is found [S1-79]', (_, method) => {
  expect(moneyKeyFaults([method])).toEqual([expect.stringContaining('ShopService.Pay moves money')])
})

test.each([
  ['has a key', pay({ rateClass: RateClass.MONEY, idempotencyKey: 'payout_id' }, { amount: true })],
  ['only reads', pay({ permission: 'payment.payouts.create' }, { level: Level.NO_SIDE_EFFECTS })],
  ['moves no money', pay({ permission: 'payment.payees.update' })],
])('an RPC that %s is let pass', (_, method) => {
  expect(moneyKeyFaults([method])).toEqual([])
})

test('every RPC of the suite that moves money takes a key, and loses it not unseen [S1-79]', async () => {
  const methods = methodsOf(await readContracts())
  expect(moneyKeyFaults(methods)).toEqual([])
  const approve = methods.find(({ name }) => name === 'ApprovePayout')
  expect(approve?.input.fields.map(({ name }) => name)).toContain('idempotency_key')
})
