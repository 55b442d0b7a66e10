/** What can be followed. */
export type Topic = {
  readonly kind: 'trip' | 'bus' | 'company'
  /** The trip, the bus, or the tenant. */
  readonly id: string
}

const UUID = '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})'
const TOPIC = new RegExp(`^(?:(trip|bus):${UUID}|company:${UUID}:fleet)$`)

/** Reads `trip:{id}`, `bus:{id}` or `company:{id}:fleet`; undefined when it is none of them. */
export function parseTopic(text: string): Topic | undefined {
  const [, kind, id, tenantId] = TOPIC.exec(text) ?? []
  if (tenantId !== undefined) return { kind: 'company', id: tenantId }
  return kind === undefined || id === undefined ? undefined : { kind: kind as 'trip' | 'bus', id }
}

/** A topic as clients write it. */
export function topicText({ kind, id }: Topic): string {
  return kind === 'company' ? `company:${id}:fleet` : `${kind}:${id}`
}
