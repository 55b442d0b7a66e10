import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire'
import { type Manifest, type ManifestPassenger, ManifestSchema } from '../../../../gen/tms/ticketing/v1/boarding_pb.ts'
import { Ticket_State as TicketState } from '../../../../gen/tms/ticketing/v1/booking_pb.ts'
import { pages } from '../calls/pages.ts'
import type { TmsStorage } from '../storage.ts'
import { importTicketKeys, type TicketKeys } from '../tickets/index.ts'
import type { Tms } from '../tms.ts'

/** What a device knows of a trip: everything that it takes to check tickets without a network. */
export type Snapshot = {
  readonly manifest: Manifest
  readonly keys: TicketKeys
  readonly revoked: ReadonlySet<string>
  readonly revocationVersion: bigint
  /** What must be added to the device's clock to have the server's, in milliseconds. */
  readonly clockOffsetMs: number
  /** Tickets that this device has let on, or heard of. */
  readonly boarded: Set<string>
  /** As it is kept. */
  readonly written: Written
}

/** A snapshot as the storage has it. */
type Written = {
  readonly manifest: string
  readonly keys: readonly (readonly [keyId: string, publicKey: string])[]
  readonly revoked: readonly string[]
  readonly revocationVersion: string
  readonly clockOffsetMs: number
}

/** Asks the server for all of it. Revocations are asked for from where an earlier snapshot ended. */
export async function fetchSnapshot(
  tms: Pick<Tms, 'boarding' | 'qr'>,
  tripId: string,
  now: Date,
  earlier?: Snapshot,
): Promise<Snapshot> {
  const { manifest = create(ManifestSchema) } = await tms.boarding.getManifest({ tripId })
  const keys: (readonly [string, string])[] = []
  for await (const { keyId, publicKey } of pages(tms.qr.listVerificationKeys, {}, 'keys')) {
    keys.push([keyId, base64Encode(publicKey)])
  }
  const revoked = [...(earlier?.revoked ?? [])]
  let revocationVersion = earlier?.revocationVersion ?? 0n
  for (let pageToken = ''; ;) {
    const page = await tms.qr.listRevocations({ afterVersion: revocationVersion, pageToken, pageSize: 1_000 })
    revoked.push(...page.revocations.map(({ ticketId }) => ticketId))
    pageToken = page.nextPageToken
    if (pageToken !== '') continue
    revocationVersion = page.version
    break
  }
  const serverNow = manifest.createTime ? timestampDate(manifest.createTime) : now
  return open({
    manifest: base64Encode(toBinary(ManifestSchema, manifest)),
    keys,
    revoked,
    revocationVersion: String(revocationVersion),
    clockOffsetMs: serverNow.getTime() - now.getTime(),
  })
}

/** Reads what the storage has. Undefined when there is none, or it cannot be read. */
export async function loadSnapshot(storage: TmsStorage, item: string): Promise<Snapshot | undefined> {
  const text = await storage.getItem(item)
  if (text === null) return undefined
  try {
    return await open(JSON.parse(text) as Written)
  } catch {
    // Damaged, or of another release: the device asks the server again.
    return undefined
  }
}

/** Keeps a snapshot for when there is no network. */
export async function saveSnapshot(storage: TmsStorage, item: string, { written }: Snapshot): Promise<void> {
  await storage.setItem(item, JSON.stringify(written))
}

async function open(written: Written): Promise<Snapshot> {
  const manifest = fromBinary(ManifestSchema, base64Decode(written.manifest))
  const keys = written.keys.map(([keyId, publicKey]) => ({ keyId, publicKey: base64Decode(publicKey) }))
  return {
    manifest,
    keys: await importTicketKeys(keys),
    revoked: new Set(written.revoked),
    revocationVersion: BigInt(written.revocationVersion),
    clockOffsetMs: written.clockOffsetMs,
    boarded: new Set(manifest.passengers.filter(isBoarded).map(ticketIdOf)),
    written,
  }
}

const isBoarded = ({ entry }: ManifestPassenger) => entry?.ticket?.state === TicketState.BOARDED

const ticketIdOf = ({ entry }: ManifestPassenger) => entry?.ticket?.ticketId ?? ''
