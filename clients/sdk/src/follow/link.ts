import type { PositionUpdate } from '../../../../gen/tms/tracking/v1/position_pb.ts'

/** How one connection ended: for good, or such that another one is to be tried. */
export type LinkEnd =
  | { readonly kind: 'OVER' }
  | {
      readonly kind: 'LOST'
      /** Whether it ever showed the topic. */
      readonly wasLive: boolean
      /** When to connect again, as the node asked for it; undefined when it did not. */
      readonly reconnectAfterMs?: number
    }

/** What a connection tells. */
export type LinkEvents = {
  /** From here on the topic is shown. */
  readonly onLive: () => void
  readonly onUpdates: (updates: readonly PositionUpdate[]) => void
}
