import { type DescMethod, getOption, hasOption } from '@bufbuild/protobuf'
import { MethodOptions_IdempotencyLevel as Level } from '@bufbuild/protobuf/wkt'
import { policy, type Policy, RateClass } from '../../gen/tms/access/v1/access_pb.ts'
import { methodsOf, packageOf, placeOf, readContracts } from '../tidy/contracts.ts'
import { faults, type Finding } from './command.ts'

/** What can be done to what is money: `payment.<one of these>.<one of those>`. */
const MONEY =
  /^payment\.(?:intents|cash|refunds|payouts|ledger|reconciliation)\.(?:create|pay|collect|approve|post|update|reverse)$/

/** Whether every RPC that moves money takes the key by which a repeat of it is recognised. */
export async function moneyKeys(): Promise<Finding> {
  return faults(moneyKeyFaults(methodsOf(await readContracts())))
}

/**
 * The RPCs that move money and take no idempotency key. That they move it is told by any of three: their budget of calls,
 * their permission, or an amount in the request of a payment RPC.
 */
export function moneyKeyFaults(methods: readonly DescMethod[]): string[] {
  return methods.flatMap((method) => {
    if (method.idempotency === Level.NO_SIDE_EFFECTS || !hasOption(method, policy)) return []
    const access = getOption(method, policy)
    const why = whyMoney(method, access)
    return why === undefined || access.idempotencyKey !== ''
      ? []
      : [`${placeOf(method)} moves money (${why}) without an idempotency_key: a second click would move it twice`]
  })
}

function whyMoney(method: DescMethod, { rateClass, permission }: Policy): string | undefined {
  if (rateClass === RateClass.MONEY) return 'RATE_CLASS_MONEY'
  if (MONEY.test(permission)) return permission
  const amount = method.input.fields.find((field) => field.message?.typeName === 'google.type.Money')
  return amount && packageOf(method.parent) === 'payment' ? `its ${amount.name}` : undefined
}
