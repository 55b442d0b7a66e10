import type { HttpHandler } from './rpc/listener.ts'

/** Where services are: in this process, or behind a URL. */
export interface Placement {
  /** The handler of a service that runs in this process; undefined when it runs elsewhere. */
  local(service: string): HttpHandler | undefined
  /** Base URL of a service that runs elsewhere. @throws {UserError} when nobody said where it is */
  urlOf(service: string): string
}
