import type { DescService } from '@bufbuild/protobuf'
import { type Client, createClient, type Interceptor } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { createTms } from '@tms/sdk/node'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { UserError } from '#kit'
import { companies } from '../../deploy/demo/companies.ts'
import type { ImportOptions } from './options.ts'

/** Clients of the suite, signed in. */
export type ClientOf = <S extends DescService>(service: S) => Client<S>

/** A connection to the suite. */
export type Connection = { readonly client: ClientOf; close(): void }

/** An import is in no hurry: it waits for its budget of calls, and for a service that restarts. */
const patience = { attempts: 12, longestWaitMs: 60_000 }

/** Signs in at the suite that the options name. @throws {UserError} when they do not say as whom */
export async function connectTo(options: ImportOptions): Promise<Connection> {
  const { baseUrl, token } = options
  if (token !== undefined) return withToken(baseUrl, token)
  const { phone, password } = accountOf(options)
  const tms = createTms({ baseUrl, retry: patience })
  await tms.session.signIn({ phone }, password, { deviceName: 'import:gtfs' })
  return { client: (service) => tms.client(service), close: () => tms.close() }
}

function withToken(baseUrl: string, token: string): Connection {
  const authorize: Interceptor = (next) => (req) => {
    req.header.set('authorization', `Bearer ${token}`)
    return next(req)
  }
  const transport = createConnectTransport({ baseUrl, httpVersion: '2', interceptors: [authorize] })
  return { client: (service) => createClient(service, transport), close: () => undefined }
}

/** Who was named, else the manager of the demo company. */
function accountOf({ companySlug, phone, password }: ImportOptions): { phone: string; password: string } {
  const people = companies.find(({ slug }) => slug === companySlug)?.people
  const demo = people?.find(({ role }) => role === 'manager')
  const account = { phone: phone ?? demo?.phone, password: password ?? demo?.password }
  if (account.phone === undefined || account.password === undefined) {
    throw new UserError(
      `${companySlug} is no demo company: sign in as its manager by TMS_PHONE and TMS_PASSWORD, or by --token.`,
    )
  }
  return { phone: account.phone, password: account.password }
}

/**
 * The company that the caller acts for.
 *
 * @throws {UserError} when it is another than the one that was named
 */
export async function companyNamed(client: ClientOf, slug: string): Promise<{ currency: string; timeZone: string }> {
  const { tenant } = await client(TenantService).getSettings({})
  if (tenant?.slug !== slug) {
    throw new UserError(
      `You act for ${tenant?.slug ?? 'no company'}, not for ${slug}: sign in as a manager of ${slug}.`,
    )
  }
  return { currency: tenant.settings?.currency ?? '', timeZone: tenant.settings?.timeZone ?? '' }
}
