import type { DescService } from '@bufbuild/protobuf'
import { type Client, createClient, type Interceptor, type Transport } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { UserError } from '#kit'
import { companies } from '../../deploy/demo/companies.ts'
import type { ImportOptions } from './options.ts'

/** Clients of the running suite, signed in. */
export type ClientOf = <S extends DescService>(service: S) => Client<S>

/** An access token lives ten minutes; a long import signs in again before. */
const TOKEN_KEPT_MS = 8 * 60_000

/** Clients of the suite that the options name. Signs in with the first call, and again when the token gets old. */
export function connectTo(options: ImportOptions): ClientOf {
  const { baseUrl } = options
  const plain = createConnectTransport({ baseUrl, httpVersion: '2' })
  let token: { readonly text: string; readonly until: number } | undefined
  const authorize: Interceptor = (next) => async (req) => {
    if (token === undefined || token.until < performance.now()) {
      token = { text: options.token ?? (await logIn(plain, options)), until: performance.now() + TOKEN_KEPT_MS }
    }
    req.header.set('authorization', `Bearer ${token.text}`)
    return next(req)
  }
  const signedIn = createConnectTransport({ baseUrl, httpVersion: '2', interceptors: [authorize] })
  return (service) => createClient(service, signedIn)
}

async function logIn(transport: Transport, options: ImportOptions): Promise<string> {
  const demo = companies.find(({ slug }) => slug === options.companySlug)?.people.find(({ role }) => role === 'manager')
  const [phone, password] = [options.phone ?? demo?.phone, options.password ?? demo?.password]
  if (phone === undefined || password === undefined) {
    throw new UserError(
      `${options.companySlug} is no demo company: sign in as its manager by TMS_PHONE and TMS_PASSWORD, or by --token.`,
    )
  }
  const request = { contact: { value: { case: 'phone' as const, value: phone } }, password }
  const { tokens } = await createClient(AuthService, transport).logIn({ ...request, deviceName: 'import:gtfs' })
  return tokens?.accessToken ?? ''
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
