import type { DescMethod } from '@bufbuild/protobuf'
import { Audience } from '#gen/tms/access/v1/access_pb.ts'
import { ownerOf, policyOf, type MethodPolicy, type Service } from '#kit'

/** One RPC of the suite, as its contract tells it. */
export type Rpc = {
  readonly method: DescMethod
  readonly policy: MethodPolicy
  /** The service of the suite that answers it. */
  readonly owner: string
  /** As people write it: `TicketingService/HoldSeats`. */
  readonly name: string
  /** Whether only services may call it. */
  readonly internal: boolean
}

/** Every RPC of these services, in the order of their contracts. */
export function rpcsOf(services: readonly Service[]): Rpc[] {
  return services.flatMap(({ serves }) => serves.flatMap(({ methods }) => methods.map(rpcOf)))
}

function rpcOf(method: DescMethod): Rpc {
  const policy = policyOf(method)
  return {
    method,
    policy,
    owner: ownerOf(method.parent),
    name: `${method.parent.name}/${method.name}`,
    internal: policy.audience === Audience.INTERNAL,
  }
}
