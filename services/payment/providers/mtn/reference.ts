import { createHash } from 'node:crypto'

/**
 * The reference id under which MTN knows something of ours: a version 4 UUID, as MTN wants, made from our own id, so that
 * a repeated request is recognised and a lost one can be asked about without anything having been written down.
 */
export function referenceOf(kind: 'charge' | 'refund' | 'payout', id: string): string {
  const hex = createHash('sha256').update(`tms:${kind}:${id}`).digest('hex').slice(0, 32)
  const variant = '89ab'.charAt(parseInt(hex.charAt(16), 16) & 3)
  const uuid = `${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`
  return uuid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
