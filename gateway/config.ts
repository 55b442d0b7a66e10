import { flag, integer, list, secret, text, type SettingsOf, url } from '#kit'

export const settings = {
  host: text('GATEWAY_HOST', { default: '127.0.0.1', help: 'address to listen on; 0.0.0.0 for every one' }),
  port: integer('GATEWAY_PORT', { default: 8000, min: 0, max: 65_535, help: 'the one public port' }),
  tlsCert: secret('GATEWAY_TLS_CERT', { default: 'none', help: 'certificate chain in PEM; "none" for cleartext' }),
  tlsKey: secret('GATEWAY_TLS_KEY', { default: 'none', help: 'its private key in PEM' }),
  allowedOrigins: list('GATEWAY_ALLOWED_ORIGINS', {
    default: ['http://localhost:5173', 'http://127.0.0.1:5173'],
    help: 'web origins whose scripts may call, besides our own; * allows all',
  }),
  webDir: text('GATEWAY_WEB_DIR', { default: '', help: 'folder of the built web app; empty serves none' }),
  webAwaited: flag('GATEWAY_WEB_AWAITED', {
    default: false,
    help: 'true when that folder may come later: until it is there, pages ask their readers to wait',
  }),
  publicUrl: url('PUBLIC_URL', {
    default: 'http://127.0.0.1:8000',
    help: 'where passengers reach the suite; pages name themselves by it',
  }),
  trustedProxies: list('GATEWAY_TRUSTED_PROXIES', {
    default: [],
    help: 'addresses or networks of load balancers whose x-forwarded-for is believed',
  }),
  metricsToken: secret('GATEWAY_METRICS_TOKEN', {
    default: 'none',
    help: 'bearer token that reads /metrics; "none" lets only this machine read it',
  }),
  readsPerMinute: integer('GATEWAY_READS_PER_MINUTE', { default: 1_200, min: 1, help: 'reads of one user' }),
  writesPerMinute: integer('GATEWAY_WRITES_PER_MINUTE', { default: 300, min: 1, help: 'changes by one user' }),
  credentialsPerMinute: integer('GATEWAY_CREDENTIALS_PER_MINUTE', {
    default: 30,
    min: 1,
    help: 'calls of one user that guess at secrets: log-in, codes',
  }),
  moneyPerMinute: integer('GATEWAY_MONEY_PER_MINUTE', { default: 60, min: 1, help: 'payments started by one user' }),
  othersPerMinute: integer('GATEWAY_OTHERS_PER_MINUTE', { default: 600, min: 1, help: 'other calls of one user' }),
  burstSeconds: integer('GATEWAY_BURST_SECONDS', {
    default: 20,
    min: 1,
    max: 60,
    help: 'how many seconds of a budget may be used at once',
  }),
  addressFactor: integer('GATEWAY_ADDRESS_FACTOR', {
    default: 10,
    min: 1,
    help: 'how many users one address stands for: mobile networks put many behind one',
  }),
  limitsOn: flag('GATEWAY_RATE_LIMITS', { default: true, help: 'false counts nothing: for load tests only' }),
  maxRequestBytes: integer('GATEWAY_MAX_REQUEST_BYTES', {
    default: 1_048_576,
    min: 1_024,
    max: 4_194_304,
    help: 'largest request of a call that is not a stream',
  }),
  maxConnectionsPerAddress: integer('GATEWAY_MAX_CONNECTIONS_PER_ADDRESS', {
    default: 500,
    min: 1,
    help: 'connections that one address may hold',
  }),
  maxCallsPerAddress: integer('GATEWAY_MAX_CALLS_PER_ADDRESS', {
    default: 1_000,
    min: 1,
    help: 'calls and streams that one address may have open at the same time',
  }),
  maxStreamsPerConnection: integer('GATEWAY_MAX_STREAMS_PER_CONNECTION', {
    default: 200,
    min: 1,
    help: 'calls that one HTTP/2 connection may have open at the same time',
  }),
  headerTimeoutMs: integer('GATEWAY_HEADER_TIMEOUT_MS', {
    default: 10_000,
    min: 100,
    help: 'how long a client may take to send its request headers',
  }),
  idleTimeoutMs: integer('GATEWAY_IDLE_TIMEOUT_MS', {
    default: 300_000,
    min: 1_000,
    help: 'how long a connection may stay open unused',
  }),
  callTimeoutMs: integer('GATEWAY_CALL_TIMEOUT_MS', {
    default: 30_000,
    min: 100,
    help: 'longest time of a call that is not a stream, and the time of one that names none',
  }),
  breakerFailures: integer('GATEWAY_BREAKER_FAILURES', {
    default: 5,
    min: 1,
    help: 'failures in a row after which a peer is left alone',
  }),
  breakerSeconds: integer('GATEWAY_BREAKER_SECONDS', { default: 5, min: 1, help: 'how long it is left alone' }),
  drainSeconds: integer('GATEWAY_DRAIN_SECONDS', {
    default: 5,
    min: 0,
    max: 600,
    help: 'how long running calls may take to finish at shutdown',
  }),
}

export type Settings = SettingsOf<typeof settings>
