import type { DescMethod, DescService } from '@bufbuild/protobuf'
import { ownerOf, policyOf } from '#kit'
import { Audience } from '#gen/tms/access/v1/access_pb.ts'

/** One RPC that the outside world can call. */
export type Route = {
  /** As in the URL: `/tms.ticketing.v1.TicketingService/SearchTrips`. */
  readonly path: string
  readonly method: DescMethod
  /** The service of the suite that serves it, e.g. `ticketing`. */
  readonly owner: string
  /** One request and one answer: such a call has a deadline and a largest size. */
  readonly unary: boolean
}

/** The services that have at least one method for the outside world. */
export function publicServices(services: readonly DescService[]): DescService[] {
  return services.filter((service) => service.methods.some(isPublic))
}

/**
 * The RPCs that are forwarded, by path: those whose policy is for the public or for partners.
 *
 * @throws {Error} when a method has no policy.
 */
export function routesOf(services: readonly DescService[]): ReadonlyMap<string, Route> {
  const methods = services.flatMap((service) => service.methods).filter(isPublic)
  return new Map(methods.map((method) => [pathOf(method), routeOf(method)]))
}

/** The path that a method is called at. */
export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`
}

function routeOf(method: DescMethod): Route {
  return {
    path: pathOf(method),
    method,
    owner: ownerOf(method.parent),
    unary: method.methodKind === 'unary',
  }
}

function isPublic(method: DescMethod): boolean {
  const { audience } = policyOf(method)
  return audience === Audience.PUBLIC || audience === Audience.PARTNER
}
