import type { Sandbox } from '../../deploy/sandbox/index.ts'
import { companies, DEMO_PASSWORD, platformPeople } from '../../deploy/demo/companies.ts'
import type { WebBuild } from '../../deploy/web/index.ts'
import type { Host, InfraUrls } from '#kit'
import type { StartOptions } from './options.ts'

/** What is running. */
export type Started = {
  readonly options: StartOptions
  readonly host: Host | undefined
  readonly sandbox: Sandbox | undefined
  readonly gatewayUrl: string
  readonly infra: InfraUrls | undefined
  readonly seconds: number
  readonly web: WebBuild | undefined
}

/** The block that `npm start` prints when everything answers: addresses, accounts, what to try. */
export function banner({ options, host, sandbox, gatewayUrl, infra, seconds, web }: Started): string {
  const names = [...options.services, ...(sandbox ? ['sandbox'] : [])].join(' ')
  const lines = ['', `TMS is ready after ${seconds.toFixed(1)} s: ${names}`, '']
  if (host?.innerPort !== undefined) lines.push(row('Inner calls', `http://127.0.0.1:${host.innerPort}`))
  if (options.services.includes('gateway'))
    lines.push(
      row('Portal', `${gatewayUrl}/${web?.isThere === false ? '  (is being built; its pages follow)' : ''}`),
      row('Gateway', `${gatewayUrl}  (gRPC, gRPC-web, Connect)`),
    )
  const live = host?.runtimes.get('tracking')?.ctx.settings['livePort']
  if (typeof live === 'number') lines.push(row('Live sockets', `ws://127.0.0.1:${live}/live`))
  if (sandbox) lines.push(row('Virtual phones', `${sandbox.baseUrl}  (M-Pesa prompts, SMS, mail)`))
  if (infra)
    lines.push(row('DATABASE_URL', infra.databaseUrl), row('REDIS_URL', infra.redisUrl), row('NATS_URL', infra.natsUrl))
  if (options.whole) lines.push('', ...accounts(), '', ...tries(gatewayUrl, sandbox?.baseUrl))
  return [...lines, ''].join('\n')
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(16)}${value}`
}

function accounts(): string[] {
  const people = [
    ...platformPeople,
    ...companies.flatMap(({ name, people: staff }) => staff.map((one) => ({ ...one, name: `${one.name}, ${name}` }))),
  ]
  return [
    `  Demo accounts, all with the password ${DEMO_PASSWORD}:`,
    ...people.map(({ phone, role, name }) => `    ${phone}  ${role.padEnd(10)} ${name}`),
  ]
}

/** Commands look for the suite where it is unless told otherwise: on another port, they are told. */
function tries(gatewayUrl: string, sandboxUrl: string | undefined): string[] {
  const elsewhere = [
    gatewayUrl === 'http://127.0.0.1:8000' ? '' : `TMS_URL=${gatewayUrl} `,
    sandboxUrl === undefined || sandboxUrl === 'http://127.0.0.1:8090' ? '' : `SANDBOX_URL=${sandboxUrl} `,
  ].join('')
  return [
    '  Try next:',
    `    ${elsewhere}npm run demo`,
    `    npx buf curl --http2-prior-knowledge --list-methods ${gatewayUrl}`,
    `    npx buf curl --http2-prior-knowledge -d '{"text":"butare"}' \\`,
    `      ${gatewayUrl}/tms.ticketing.v1.TicketingService/SuggestPlaces`,
  ]
}
