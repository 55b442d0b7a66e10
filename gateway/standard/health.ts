import { Code, ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect'
import { Health, HealthCheckResponse_ServingStatus as Status } from '#gen/grpc/health/v1/health_pb.ts'

/** How the services stand, as far as this gateway knows. */
export interface HealthStates {
  /** @param service full name of a service, or empty for the gateway as a whole. */
  set(service: string, isServing: boolean): void
  /** Whether a service takes calls; undefined when it is not known here. */
  get(service: string): boolean | undefined
  /** All that are known here, by name. */
  all(): ReadonlyMap<string, boolean>
  /** Tells how a service stands now and at every change, until the signal. */
  watch(service: string, signal: AbortSignal): AsyncIterable<boolean | undefined>
}

/** All services named are taken to serve until something else is known. */
export function healthStates(services: readonly string[]): HealthStates {
  const states = new Map(['', ...services].map((service) => [service, true]))
  const watchers = new Set<() => void>()
  return {
    set(service, isServing) {
      states.set(service, isServing)
      for (const wake of watchers) wake()
    },
    get: (service) => states.get(service),
    all: () => states,
    async *watch(service, signal) {
      let told: boolean | undefined | 'nothing' = 'nothing'
      while (!signal.aborted) {
        const state = states.get(service)
        if (state !== told) yield (told = state)
        else await change(watchers, signal)
      }
    },
  }
}

/** Waits for the next change, or the signal. */
async function change(watchers: Set<() => void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  watchers.add(resolve)
  signal.addEventListener('abort', () => {
    resolve()
  })
  await promise
  watchers.delete(resolve)
}

/**
 * Serves `grpc.health.v1.Health`.
 * Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function healthRoutes(router: ConnectRouter, states: HealthStates): void {
  router.service(Health, {
    check({ service }) {
      const isServing = states.get(service)
      if (isServing === undefined) throw new ConnectError(`no service ${service}`, Code.NotFound)
      return { status: statusOf(isServing) }
    },
    list() {
      const statuses = [...states.all()].map(([service, isServing]) => [service, { status: statusOf(isServing) }])
      return { statuses: Object.fromEntries(statuses) as Record<string, { status: Status }> }
    },
    async *watch({ service }, { signal }: HandlerContext) {
      for await (const isServing of states.watch(service, signal)) yield { status: statusOf(isServing) }
    },
  })
}

function statusOf(isServing: boolean | undefined): Status {
  if (isServing === undefined) return Status.SERVICE_UNKNOWN
  return isServing ? Status.SERVING : Status.NOT_SERVING
}
