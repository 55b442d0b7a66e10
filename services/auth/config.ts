import { integer, secret, text, type SettingsOf } from '#kit'

/** Good for one machine; refused where `NODE_ENV` is `production`. */
export const DEVELOPMENT_KEY = 'tms-development-key-never-in-production'

export const settings = {
  key: secret('AUTH_KEY', {
    default: DEVELOPMENT_KEY,
    help: 'seals private keys at rest, derives code and token hashes',
  }),
  formerKey: secret('AUTH_KEY_FORMER', { default: '', help: 'the AUTH_KEY before; what it sealed is sealed anew' }),
  environment: text('NODE_ENV', { default: 'development', help: 'production refuses the development key' }),
  accessTokenSeconds: integer('AUTH_ACCESS_TOKEN_SECONDS', {
    default: 600,
    min: 60,
    max: 3_600,
    help: 'life of a token',
  }),
  sessionSeconds: integer('AUTH_SESSION_SECONDS', { default: 86_400, min: 600, help: 'life of a session' }),
  refreshLeewaySeconds: integer('AUTH_REFRESH_LEEWAY_SECONDS', {
    default: 10,
    min: 0,
    max: 60,
    help: 'a refresh token sent twice within this time gets the same successor',
  }),
  argonMemoryKib: integer('AUTH_ARGON2_MEMORY_KIB', {
    default: 19_456,
    min: 64,
    help: 'argon2id memory (OWASP: 19 MiB)',
  }),
  argonPasses: integer('AUTH_ARGON2_PASSES', {
    default: 2,
    min: 1,
    help: 'argon2id passes over the memory (OWASP: 2)',
  }),
  argonLanes: integer('AUTH_ARGON2_LANES', { default: 1, min: 1, help: 'argon2id parallelism (OWASP: 1)' }),
  freeAttempts: integer('AUTH_FREE_ATTEMPTS', {
    default: 5,
    min: 1,
    help: 'failures on one account before it slows down',
  }),
  // Mobile carriers put thousands of phones behind one address.
  freeAddressAttempts: integer('AUTH_FREE_ADDRESS_ATTEMPTS', {
    default: 50,
    min: 1,
    help: 'failures from one address before it slows down',
  }),
  firstDelaySeconds: integer('AUTH_FIRST_DELAY_SECONDS', {
    default: 30,
    min: 1,
    help: 'first wait, doubling from there',
  }),
  longestDelaySeconds: integer('AUTH_LONGEST_DELAY_SECONDS', { default: 900, min: 1, help: 'longest wait' }),
  codeSeconds: integer('AUTH_CODE_SECONDS', { default: 300, min: 60, help: 'life of a one-time code' }),
  codeAttempts: integer('AUTH_CODE_ATTEMPTS', { default: 5, min: 1, max: 10, help: 'guesses at one code' }),
  codeResendSeconds: integer('AUTH_CODE_RESEND_SECONDS', { default: 60, min: 1, help: 'time between two codes' }),
  codesPerHour: integer('AUTH_CODES_PER_HOUR', { default: 5, min: 1, help: 'codes to one contact within an hour' }),
  keyRotationDays: integer('AUTH_KEY_ROTATION_DAYS', {
    default: 30,
    min: 1,
    help: 'age at which a signing key rotates',
  }),
  keyAnnounceSeconds: integer('AUTH_KEY_ANNOUNCE_SECONDS', {
    default: 900,
    min: 0,
    help: 'a signing key is listed this long before it signs',
  }),
}

export type Settings = SettingsOf<typeof settings>
