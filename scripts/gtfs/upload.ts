import type { Client } from '@connectrpc/connect'
import type { NetworkChange } from '#gen/tms/company/v1/network_pb.ts'
import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { newUuidV7 } from '#kit'
import type { FeedNetwork } from './network.ts'

/** Longest time that writing a network may take: a national feed is written in a few seconds. */
const APPLY_TIMEOUT_MS = 180_000

/**
 * Hands a network over in parts and has it written in one transaction. When anything fails nothing was written.
 *
 * @param onPart is told how many parts were sent
 */
export async function uploadNetwork(
  client: Client<typeof NetworkService>,
  source: string,
  { parts }: FeedNetwork,
  onPart: (sent: number) => void,
): Promise<readonly NetworkChange[]> {
  const importId = newUuidV7(Date.now())
  await client.startImport({ importId, source })
  try {
    for (const [partNumber, part] of parts.entries()) {
      await client.uploadImportPart({ importId, partNumber, part })
      onPart(partNumber + 1)
    }
    const { changes } = await client.applyImport({ importId, partCount: parts.length }, { timeoutMs: APPLY_TIMEOUT_MS })
    return changes
  } catch (err) {
    // What was sent counts for nothing before it is applied; if this fails too, it is dropped within a day.
    await client.dropImport({ importId }).catch(() => undefined)
    throw err
  }
}
