import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { serviceDateOf, UserError } from '#kit'
import { readNetwork } from './pages.ts'
import type { ClientOf } from './session.ts'
import { type Publisher, tablesOf } from './tables_out.ts'

/** What an export is told. */
export type ExportOrder = { readonly file: string; readonly companySlug: string; readonly baseUrl: string }

/**
 * Writes a company's network as a GTFS Schedule feed. Returns the lines of each table, its header not counted.
 *
 * @throws {UserError} when the caller acts for another company, or there is no trip to publish
 */
export async function exportFeed(client: ClientOf, order: ExportOrder, now: Date): Promise<Record<string, number>> {
  const tables = tablesOf(await readNetwork(client), await publisherOf(client, order, now))
  if (!tables.has('trips.txt')) throw new UserError(`${order.companySlug} has no schedule that could be published.`)
  await writeZip(order.file, tables, now)
  return Object.fromEntries([...tables].map(([file, text]) => [file, text.split('\r\n').length - 2]))
}

async function publisherOf(client: ClientOf, { companySlug, baseUrl }: ExportOrder, now: Date): Promise<Publisher> {
  const { tenant } = await client(TenantService).getSettings({})
  if (tenant?.slug !== companySlug) {
    throw new UserError(`You act for ${tenant?.slug ?? 'no company'}, not for ${companySlug}.`)
  }
  const timeZone = tenant.settings?.timeZone ?? ''
  return {
    slug: companySlug,
    name: tenant.name,
    url: baseUrl,
    timeZone,
    language: tenant.settings?.languages[0] ?? 'en',
    today: serviceDateOf(now, timeZone),
  }
}

async function writeZip(file: string, tables: ReadonlyMap<string, string>, mtime: Date): Promise<void> {
  const zip = new ZipFile()
  for (const [name, text] of tables) zip.addBuffer(Buffer.from(text), name, { mtime })
  zip.end()
  await pipeline(zip.outputStream, createWriteStream(file))
}
