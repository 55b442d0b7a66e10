import { createConnectQueryKey } from '@connectrpc/connect-query'
import {
  create,
  type DescMethodUnary,
  fromBinary,
  type Message,
  type MessageInitShape,
  toBinary,
} from '@bufbuild/protobuf'
import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire'
import type { Transport } from '@connectrpc/connect'
import { QueryClient } from '@tanstack/react-query'
import { createContext } from 'react'
import { TicketingService } from '@tms/sdk/passenger'
import type { Seed } from '../app/boot.ts'

/** What pages ask through. */
export type Connection = { readonly queryClient: QueryClient; readonly transport: Transport }

/** A server gives each rendering its own; a browser has one, made when a page first needs it. */
export const ConnectionContext = createContext<Connection | undefined>(undefined)

/** Methods whose answers the server may send with the page. */
const seedable: readonly DescMethodUnary[] = [
  TicketingService.method.searchTrips,
  TicketingService.method.listDayFares,
  TicketingService.method.getSeatMap,
]

const nameOf = (method: DescMethodUnary) => `${method.parent.typeName}/${method.name}`

/** What was found is good for some seconds; what must be fresher says so where it is asked for. */
export function newQueryClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { staleTime: 10_000, retry: false } } })
}

/** Packs an answer for the browser. */
export function seedOf<M extends DescMethodUnary>(
  method: M,
  input: MessageInitShape<M['input']>,
  output: Message,
): Seed {
  const request = create(method.input, input)
  return {
    method: nameOf(method),
    input: base64Encode(toBinary(method.input, request)),
    output: base64Encode(toBinary(method.output, output)),
  }
}

/** Puts answers where queries look first. */
export function sow({ queryClient, transport }: Connection, seeds: readonly Seed[]): void {
  for (const seed of seeds) {
    const method = seedable.find((one) => nameOf(one) === seed.method)
    if (!method) continue
    const input = fromBinary(method.input, base64Decode(seed.input))
    const key = createConnectQueryKey({ schema: method, input, transport, cardinality: 'finite' })
    queryClient.setQueryData(key, fromBinary(method.output, base64Decode(seed.output)))
  }
}
