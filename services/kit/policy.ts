import { type DescMethod, type DescService, getOption, hasOption } from '@bufbuild/protobuf'
import { Audience, policy as policyOption, type Scope, type Policy } from '#gen/tms/access/v1/access_pb.ts'

/** What the contract says about one method, read once from its descriptor. */
export type MethodPolicy = {
  readonly permission: string
  readonly audience: Audience
  readonly scope: Scope
  /** Name of the generated request property that holds the idempotency key; undefined when the method has none. */
  readonly idempotencyKey: string | undefined
  readonly policy: Policy
}

const known = new WeakMap<DescMethod, MethodPolicy>()

/**
 * The access rules of a method.
 *
 * @throws {Error} when the contract gives none; the host asks for all of them before it starts
 */
export function policyOf(method: DescMethod): MethodPolicy {
  const cached = known.get(method)
  if (cached) return cached
  const read = readPolicy(method)
  known.set(method, read)
  return read
}

function readPolicy(method: DescMethod): MethodPolicy {
  const name = `${method.parent.typeName}.${method.name}`
  if (!hasOption(method, policyOption)) throw new Error(`${name} has no (tms.access.v1.policy)`)
  const policy = getOption(method, policyOption)
  if (policy.audience === Audience.UNSPECIFIED) throw new Error(`${name}: its policy names no audience`)
  const { permission, audience, scope } = policy
  return { permission, audience, scope, policy, idempotencyKey: keyProperty(method, policy.idempotencyKey, name) }
}

function keyProperty(method: DescMethod, field: string, name: string): string | undefined {
  if (field === '') return undefined
  const found = method.input.fields.find((one) => one.name === field)
  if (found?.fieldKind !== 'scalar') throw new Error(`${name}: its policy's key ${field} is no field of the request`)
  return found.localName
}

/** Refuses a service of which one method has no policy. */
export function assertPolicies(services: readonly DescService[]): void {
  for (const service of services) for (const method of service.methods) policyOf(method)
}

/** Name of the suite's service that a proto service belongs to: `tms.ticketing.v1.TicketingService` is `ticketing`. */
export function ownerOf(desc: { readonly typeName: string }): string {
  const owner = /^tms\.([a-z]+)\.v\d+\./.exec(desc.typeName)?.[1]
  if (owner === undefined) throw new Error(`${desc.typeName} is not in a package tms.<service>.v1`)
  return owner
}
