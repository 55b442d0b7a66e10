import { integer, list, text, type SettingsOf } from '#kit'

/** Settings of the process, as against those of the services in it. */
export const settings = {
  dir: text('TMS_DIR', { default: '.tms', help: 'folder of local servers, keys and secrets' }),
  keysDir: text('SERVICE_KEYS_DIR', { default: '.tms/keys', help: 'folder of the key pairs of services' }),
  logLevel: text('LOG_LEVEL', { default: 'warn', help: 'pino level: debug, info, warn, error' }),
  peerUrl: text('PEER_URL', {
    default: 'http://{service}:8100',
    help: 'where services run that this process does not host; {service} is its name',
  }),
  innerHost: text('INNER_HOST', {
    default: '127.0.0.1',
    help: 'address on which services are called by other processes',
  }),
  innerPort: integer('INNER_PORT', { default: 8100, min: 0, max: 65_535, help: 'port for that' }),
  poolSize: integer('DATABASE_POOL', { default: 6, min: 1, max: 100, help: 'connections of each pool of a service' }),
  ackWaitMs: integer('EVENT_ACK_WAIT_MS', {
    default: 30_000,
    min: 100,
    help: 'time until an event is delivered again',
  }),
  sandboxPort: integer('SANDBOX_PORT', { default: 8090, min: 0, max: 65_535, help: 'port of the virtual phone' }),
  sandboxSmtpPort: integer('SANDBOX_SMTP_PORT', {
    default: 8025,
    min: 0,
    max: 65_535,
    help: 'port of its mail server',
  }),
  traces: list('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', {
    default: [],
    help: 'where spans go by OTLP/HTTP; none by default',
  }),
}

/** The values of {@link settings}. */
export type ProcessSettings = SettingsOf<typeof settings>
