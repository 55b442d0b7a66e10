import { resolve } from 'node:path'
import { type Sandbox, startSandbox } from '../../deploy/sandbox/index.ts'
import { startInfra } from '../../deploy/local/index.ts'
import { buildWeb, type WebBuild } from '../../deploy/web/index.ts'
import {
  createLogger,
  type Host,
  type HostOptions,
  type InfraUrls,
  newUuidV7,
  readSettings,
  startHost,
  startTracing,
  storedServiceKeys,
  systemClock,
  UserError,
} from '#kit'
import { identity } from '../identity.ts'
import { loadServices } from '../roster.ts'
import { seedOnFirstStart } from './first_start.ts'
import { withLocalSecrets } from './local_secrets.ts'
import type { StartOptions } from './options.ts'
import { type ProcessSettings, settings } from './settings.ts'
import { banner } from './banner.ts'

/** A started process. */
export type RunningProcess = { readonly stop: () => Promise<void> }

/** What a benchmark may look at. */
export type Observation = Pick<HostOptions, 'onStatement'>

type Env = Readonly<Record<string, string | undefined>>
type Stoppers = (() => Promise<unknown>)[]

/**
 * Starts servers, sandbox and services; tells the person at the keyboard when they are ready.
 *
 * @throws {UserError} with nothing left running
 */
export async function startProcess(
  options: StartOptions,
  processEnv: Env,
  observation: Observation = {},
): Promise<RunningProcess> {
  const startedAt = performance.now()
  const process = readSettings(settings, processEnv)
  const env = withLocalSecrets(processEnv, process.dir)
  const stoppers: Stoppers = []
  const stop = async () => {
    // What was started last goes first; a failing stop does not keep the others from stopping.
    const outcomes = []
    for (const stopOne of stoppers.reverse()) outcomes.push(...(await Promise.allSettled([stopOne()])))
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
  }
  try {
    const [traces] = process.traces
    if (traces !== undefined) stoppers.push(await startTracing(traces))
    const gatewayUrl = `http://127.0.0.1:${env['GATEWAY_PORT'] ?? '8000'}`
    const sandbox = options.sandbox ? await sandboxOf(process, gatewayUrl) : undefined
    if (sandbox) stoppers.push(() => sandbox.stop())
    const parts = { options, process, env: withSandbox(env, sandbox, gatewayUrl), observation }
    const started = await servicesOf(parts, stoppers)
    const seconds = (performance.now() - startedAt) / 1000
    console.log(banner({ options, sandbox, seconds, gatewayUrl, ...started }))
    tellOfWeb(started.web, gatewayUrl)
    return { stop }
  } catch (err) {
    await stop().catch(() => undefined)
    throw err
  }
}

type Parts = {
  readonly options: StartOptions
  readonly process: ProcessSettings
  readonly env: Env
  readonly observation: Observation
}

/** Nothing when only the sandbox was asked for, which needs no server. */
async function servicesOf(parts: Parts, stoppers: Stoppers) {
  const { options, env } = parts
  if (options.services.length === 0) return { host: undefined, infra: undefined, web: undefined }
  const web = webOf(parts)
  const infra = givenServers(env) ?? (await ownServers(parts, stoppers))
  const host = await hostOf({ ...parts, env: { ...webSettings(web), ...env } }, infra)
  stoppers.push(() => host.stop())
  if (options.whole) await seedOnFirstStart(host, infra.databaseUrl)
  return { host, infra, web }
}

/** The web app for a gateway, unless the environment names one; built beside everything else, which does not wait for it. */
function webOf({ options, process, env }: Parts): WebBuild | undefined {
  const isWanted = options.services.includes('gateway') && env['GATEWAY_WEB_DIR'] === undefined
  const web = isWanted ? buildWeb(process.dir, true) : undefined
  web?.done.catch(() => undefined) // told when everything else is ready
  return web
}

function webSettings(web: WebBuild | undefined): Env {
  return web ? { GATEWAY_WEB_DIR: web.folder, GATEWAY_WEB_AWAITED: 'true' } : {}
}

/** Tells what became of a portal that was not built before. */
function tellOfWeb(web: WebBuild | undefined, gatewayUrl: string): void {
  if (!web || web.isThere) return
  web.done.then(
    () => console.log(`The portal is built: ${gatewayUrl}/`),
    (err: unknown) => console.error(err instanceof Error ? err.message : err),
  )
}

/** Servers that are all given need no folder of ours: several processes of one suite may share a checkout. */
function givenServers(env: Env): InfraUrls | undefined {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, NATS_URL: natsUrl } = env
  return databaseUrl && redisUrl && natsUrl ? { databaseUrl, redisUrl, natsUrl } : undefined
}

async function ownServers({ options, process, env }: Parts, stoppers: Stoppers): Promise<InfraUrls> {
  const infra = await startInfra({ dir: resolve(process.dir), fresh: options.fresh, env })
  stoppers.push(() => infra.stop())
  return infra
}

function sandboxOf({ sandboxPort, sandboxSmtpPort }: ProcessSettings, gatewayUrl: string): Promise<Sandbox> {
  return startSandbox({
    port: sandboxPort,
    smtpPort: sandboxSmtpPort,
    // The last part is notification's AT_REPORT_TOKEN, which is `sandbox` unless set.
    smsReportUrl: `${gatewayUrl}/inbound/sms/africastalking/sandbox`,
    // The last part is payment's AIRTEL_CALLBACK_TOKEN, likewise.
    airtelCallbackUrl: `${gatewayUrl}/inbound/airtel/sandbox`,
    // Likewise payment's PAYPAL_WEBHOOK_TOKEN.
    paypalWebhookUrl: `${gatewayUrl}/inbound/paypal/sandbox`,
  }).catch((err: unknown) => {
    // The sandbox stands outside the suite and knows no UserError; its sentence is one all the same.
    throw new UserError(err instanceof Error ? err.message : String(err))
  })
}

/** Points the providers' clients at the sandbox, and it at us, unless the environment points them elsewhere. */
function withSandbox(env: Env, sandbox: Sandbox | undefined, gatewayUrl: string): Env {
  if (!sandbox) return env
  return {
    MPESA_CALLBACK_BASE_URL: gatewayUrl,
    PUBLIC_URL: gatewayUrl,
    MPESA_BASE_URL: `${sandbox.baseUrl}/daraja`,
    MTN_BASE_URL: `${sandbox.baseUrl}/momo`,
    AIRTEL_BASE_URL: `${sandbox.baseUrl}/airtel`,
    PAYPAL_BASE_URL: `${sandbox.baseUrl}/paypal`,
    PAYPAL_RETURN_URL: `${gatewayUrl}/paypal/approved`,
    PAYPAL_CANCEL_URL: `${gatewayUrl}/paypal/cancelled`,
    // Its certificate is made when it first signs: PayPal is asked instead of waiting for it at start.
    PAYPAL_WEBHOOK_CHECK: 'online',
    AT_BASE_URL: `${sandbox.baseUrl}/africastalking`,
    SMTP_URL: sandbox.smtpUrl,
    ...env,
  }
}

async function hostOf({ options, process, env, observation }: Parts, infra: InfraUrls): Promise<Host> {
  return startHost({
    services: await loadServices(options.services),
    infra,
    env,
    namespace: '',
    clock: systemClock,
    newId: () => newUuidV7(Date.now()),
    log: createLogger(process.logLevel),
    keys: storedServiceKeys(resolve(process.keysDir)),
    ...identity,
    peerUrl: (service) => env[`${service.toUpperCase()}_URL`] ?? process.peerUrl.replace('{service}', service),
    inner: options.whole ? undefined : { host: process.innerHost, port: process.innerPort },
    apart: false,
    jobTimers: true,
    deliveries: 1,
    ackWaitMs: process.ackWaitMs,
    poolSize: process.poolSize,
    wrapTransport: (transport) => transport,
    ...observation,
  })
}
