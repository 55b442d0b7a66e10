import { type DescMessage, type DescMethod, getOption, hasOption, ScalarType } from '@bufbuild/protobuf'
import { MethodOptions_IdempotencyLevel as Level } from '@bufbuild/protobuf/wkt'
import { Audience, policy as policyOption, type Policy, RateClass, Scope } from '../../gen/tms/access/v1/access_pb.ts'
import { packageOf, placeOf } from './contracts.ts'
import { rulesOf } from './validation_rules.ts'

/** What is wrong with a method, as sentences without a subject. */
type Rule = (method: DescMethod, policy: Policy) => readonly (string | false)[]

const isRead = (method: DescMethod): boolean => method.idempotency === Level.NO_SIDE_EFFECTS

/** Applies a rule to every method that has a policy; another rule asks for the policy itself. */
function apply(rule: Rule, methods: readonly DescMethod[]): string[] {
  return methods.flatMap((method) => {
    if (!hasOption(method, policyOption)) return []
    const faults = rule(method, getOption(method, policyOption)).filter((fault) => fault !== false)
    return faults.map((fault) => `${placeOf(method)} ${fault}`)
  })
}

/** Methods of which nobody said who may call them. */
export function policyFaults(methods: readonly DescMethod[]): string[] {
  const without = methods.filter((method) => !hasOption(method, policyOption))
  const silent: Rule = (_, { audience }) => [audience === Audience.UNSPECIFIED && 'names no audience']
  return [...without.map((method) => `${placeOf(method)} has no (tms.access.v1.policy)`), ...apply(silent, methods)]
}

/** Methods that let more people do more than was likely meant. */
export function accessFaults(methods: readonly DescMethod[]): string[] {
  const rule: Rule = (method, { permission, audience, scope, rateClass }) => {
    const service = packageOf(method.parent)
    const form = new RegExp(`^${service}(?:\\.[a-z][a-z_]*){2}$`)
    const outside = audience !== Audience.INTERNAL
    return [
      permission !== '' &&
        !form.test(permission) &&
        `asks for ${permission}, which is not ${service}.<resource>.<verb>`,
      outside && scope === Scope.TENANT && permission === '' && "works on a tenant's rows without a permission",
      outside && scope === Scope.PLATFORM && permission === '' && 'works on all rows without a permission',
      rateClass === RateClass.READ && !isRead(method) && 'changes something on the budget for reads',
      rateClass === RateClass.MONEY && isRead(method) && 'only reads, on the budget for payments',
    ]
  }
  return apply(rule, methods)
}

const READING = /^(?:BatchGet|Get|List|Search|Suggest|Find|Quote|Watch|Preview)(?=[A-Z])/
const CREATING = /^(?:Create|Hold|Sell|Book|Refund|Invite)(?=[A-Z])/

/** Methods of which a caller cannot tell, or is told wrongly, whether a repeat is safe. */
export function idempotencyFaults(methods: readonly DescMethod[]): string[] {
  const rule: Rule = (method, { idempotencyKey, audience, rateClass }) => {
    const outside = audience !== Audience.INTERNAL
    const keyed = idempotencyKey !== ''
    const repeatable = method.idempotency !== Level.IDEMPOTENCY_UNKNOWN
    return [
      READING.test(method.name) && !isRead(method) && 'reads by its name, but is not NO_SIDE_EFFECTS',
      isRead(method) && keyed && 'only reads, and needs no idempotency key',
      keyed && method.idempotency !== Level.IDEMPOTENT && 'has an idempotency key, so it is IDEMPOTENT',
      keyed && keyFault(method, idempotencyKey),
      !isRead(method) &&
        !keyed &&
        outside &&
        CREATING.test(method.name) &&
        'creates something without an idempotency key',
      !isRead(method) && !keyed && rateClass === RateClass.MONEY && 'moves money without an idempotency key',
      !repeatable && movesMoney(method.input) && 'takes an amount, and is not safe to repeat',
    ]
  }
  return apply(rule, methods)
}

function keyFault({ input }: DescMethod, key: string): string | false {
  const field = input.fields.find(({ name }) => name === key)
  if (!field) return `names ${key} as its idempotency key, which is no field of ${input.name}`
  const text = field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING
  if (!text) return `names ${key} as its idempotency key, which is no string`
  return !rulesOf(field) && `has an idempotency key ${key} that may be empty: give it a rule, such as string.uuid`
}

function movesMoney(message: DescMessage): boolean {
  return message.fields.some((field) => field.message?.typeName === 'google.type.Money')
}
