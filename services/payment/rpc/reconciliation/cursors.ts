import { isIdCursor } from '#kit'

/** Whether a page token is one of ours: an instant, and an id of this name. */
export function isInstantCursor(cursor: unknown, id: string): boolean {
  if (typeof cursor !== 'object' || cursor === null) return false
  const fields = cursor as Record<string, unknown>
  const { createTime } = fields
  return typeof createTime === 'string' && !Number.isNaN(Date.parse(createTime)) && isIdCursor(fields[id])
}
