import { flag, integer, list, secret, text, url, type SettingsOf } from '#kit'

/** Seals columns where none is set; refused in production. */
export const DEVELOPMENT_KEY = 'tms-development-key-never-in-production'

/** What the payment service can be set to. */
export const settings = {
  environment: text('NODE_ENV', { default: 'development', help: 'production refuses the development key' }),
  key: secret('PAYMENT_KEY', {
    default: DEVELOPMENT_KEY,
    help: 'seals numbers, receipts and references in the database; PAYMENT_KEY_FILE names a file that holds it',
  }),
  formerKeys: secret('PAYMENT_KEY_FORMER', {
    default: '',
    help: 'keys before it, parted by commas, which open what is not sealed anew: callbacks as they came, until they are pruned',
  }),
  feeBasisPoints: integer('PAYMENT_FEE_BASIS_POINTS', {
    default: 0,
    min: 0,
    max: 10_000,
    help: "the platform's share of a payment for which no fee rule holds, in hundredths of a percent",
  }),
  adjustmentCheckedAbove: integer('LEDGER_CHECKED_ABOVE', {
    default: 100_000,
    min: 0,
    help: 'corrections of the books above this, in whole units of their currency, need a second person',
  }),
  breakerSeconds: integer('PAYMENT_BREAKER_SECONDS', {
    default: 60,
    min: 1,
    help: 'how long a provider that failed five times in a row is left alone',
  }),
  payoutTenantCaps: list('PAYMENT_PAYOUT_TENANT_DAILY_CAPS', {
    default: ['KES:3000000', 'RWF:30000000', 'UGX:90000000', 'USD:25000'],
    help: 'what one company may pay out on a day, in whole units; nothing in other currencies',
  }),
  payoutPlatformCaps: list('PAYMENT_PAYOUT_PLATFORM_DAILY_CAPS', {
    default: ['KES:30000000', 'RWF:300000000', 'UGX:900000000', 'USD:250000'],
    help: 'what all companies together may pay out on a day, in whole units',
  }),
  payoutBatchProviders: list('PAYMENT_PAYOUT_BATCH_PROVIDERS', {
    default: [],
    help: 'providers whose payouts leave together at PAYMENT_PAYOUT_BATCH_TIMES; at all others at once',
  }),
  payoutBatchTimes: list('PAYMENT_PAYOUT_BATCH_TIMES', {
    default: ['10:00', '16:00'],
    help: 'times of day at which batches leave, East Africa Time',
  }),
  payeeCoolingSeconds: integer('PAYMENT_PAYEE_COOLING_SECONDS', {
    default: 86_400,
    min: 0,
    help: 'how long a changed account of a payee is not used, so that its owner can object',
  }),
  refundOwnLimits: list('PAYMENT_REFUND_OWN_LIMITS', {
    default: ['KES:5000', 'RWF:50000', 'UGX:150000', 'USD:50'],
    help: 'what one member of staff may give back alone, in whole units; more, or other currencies, takes two',
  }),
  queueProviders: list('PAYMENT_QUEUE_PROVIDERS', {
    default: ['mpesa', 'mtn', 'airtel'],
    help: 'providers for which payments wait while they are away; with others the payer is told to retry; `none` for all',
  }),
  unknownAlertSeconds: integer('PAYMENT_UNKNOWN_ALERT_SECONDS', {
    default: 3_600,
    min: 60,
    help: 'how long an attempt, refund or payout may be without an outcome before a person is told',
  }),
  callbackRetentionDays: integer('PAYMENT_CALLBACK_RETENTION_DAYS', {
    default: 400,
    min: 90,
    help: 'how long callbacks are kept as they came; the database keeps them for 90 days whatever this says',
  }),
  callbackBaseUrl: url('MPESA_CALLBACK_BASE_URL', {
    default: 'http://127.0.0.1:8000',
    help: 'public address of the gateway, at which providers call back',
  }),
  mpesaBaseUrl: url('MPESA_BASE_URL', {
    default: 'http://127.0.0.1:8090/daraja',
    help: 'Daraja: the sandbox of this project, https://sandbox.safaricom.co.ke or https://api.safaricom.co.ke',
  }),
  mpesaConsumerKey: secret('MPESA_CONSUMER_KEY', { default: 'sandbox', help: 'consumer key of the Daraja app' }),
  mpesaConsumerSecret: secret('MPESA_CONSUMER_SECRET', {
    default: 'sandbox',
    help: 'consumer secret of the Daraja app',
  }),
  mpesaShortCode: text('MPESA_SHORTCODE', { default: '174379', help: 'paybill that passengers pay to' }),
  // The passkey that Safaricom publishes for its sandbox.
  mpesaPasskey: secret('MPESA_PASSKEY', {
    default: 'bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919',
    help: 'passkey of the paybill',
  }),
  mpesaPayoutShortCode: text('MPESA_B2C_SHORTCODE', { default: '600992', help: 'short code that payouts leave from' }),
  mpesaInitiator: text('MPESA_INITIATOR', { default: 'testapi', help: 'API operator that asks for refunds' }),
  mpesaInitiatorPassword: secret('MPESA_INITIATOR_PASSWORD', {
    default: 'Safaricom999#',
    help: "the operator's password, sealed before it is sent",
  }),
  mpesaCertificate: secret('MPESA_CERTIFICATE', {
    default: 'fetch',
    help: "Daraja's certificate (PEM; MPESA_CERTIFICATE_FILE names a file); `fetch` asks the sandbox for it",
  }),
  // Real Daraja settles KES alone: Safaricom has no RWF. The demo network is Rwandan, so the sandbox takes both.
  mpesaCurrencies: list('MPESA_CURRENCIES', { default: ['KES', 'RWF'], help: 'currencies that M-Pesa is asked for' }),
  mpesaCountries: list('MPESA_COUNTRIES', {
    default: ['KE', 'RW'],
    help: 'countries whose numbers may pay by M-Pesa; KE alone with the real Daraja',
  }),
  // Any text but one with a word that Daraja refuses: mpesa, safaricom, exe, cmd, sql, query.
  mpesaPaybillToken: secret('MPESA_PAYBILL_TOKEN', {
    default: 'sandbox-paybill',
    help: 'secret part of the addresses that payments by hand are told at',
  }),
  mpesaPaybillCurrency: text('MPESA_PAYBILL_CURRENCY', {
    default: 'KES',
    help: 'what payments by hand are in that no order explains',
  }),
  mpesaMaxAmount: integer('MPESA_MAX_AMOUNT', {
    default: 250_000,
    min: 1,
    help: 'largest payment in whole units of its currency',
  }),
  mpesaTimeoutMs: integer('MPESA_TIMEOUT_MS', {
    default: 30_000,
    min: 100,
    max: 40_000,
    help: 'how long an answer of Daraja is waited for',
  }),
  // Safaricom publishes twelve addresses; the sandbox calls from this machine.
  mpesaCallbackSources: list('MPESA_CALLBACK_SOURCES', {
    default: [],
    help: 'addresses that callbacks may come from; empty lets any',
  }),
  mtnBaseUrl: url('MTN_BASE_URL', {
    default: 'http://127.0.0.1:8090/momo',
    help: 'MTN MoMo: the sandbox of this project, or the host that the mail about going live names',
  }),
  mtnTargetEnvironment: text('MTN_TARGET_ENVIRONMENT', {
    default: 'mtnrwanda',
    help: 'the wallet platform, one per country',
  }),
  mtnCollectionUser: text('MTN_COLLECTION_USER', {
    default: '7b1f3c52-9d0e-4a76-8e21-5c4f60d2a913',
    help: 'API user of the collection product',
  }),
  mtnCollectionKey: secret('MTN_COLLECTION_KEY', { default: 'sandbox', help: 'its API key' }),
  mtnCollectionSubscriptionKey: secret('MTN_COLLECTION_SUBSCRIPTION_KEY', {
    default: 'sandbox',
    help: 'subscription key of the collection product',
  }),
  mtnDisbursementUser: text('MTN_DISBURSEMENT_USER', {
    default: '7b1f3c52-9d0e-4a76-8e21-5c4f60d2a913',
    help: 'API user of the disbursement product, from which refunds and payouts leave',
  }),
  mtnDisbursementKey: secret('MTN_DISBURSEMENT_KEY', { default: 'sandbox', help: 'its API key' }),
  mtnDisbursementSubscriptionKey: secret('MTN_DISBURSEMENT_SUBSCRIPTION_KEY', {
    default: 'sandbox',
    help: 'subscription key of the disbursement product',
  }),
  mtnCurrencies: list('MTN_CURRENCIES', { default: ['RWF'], help: 'currencies that MTN MoMo is asked for' }),
  mtnCountries: list('MTN_COUNTRIES', { default: ['RW'], help: 'countries whose numbers may pay by MTN MoMo' }),
  // Not documented for Rwanda: the contract with MTN says.
  mtnMaxAmount: integer('MTN_MAX_AMOUNT', {
    default: 2_000_000,
    min: 1,
    help: 'largest payment in whole units of its currency',
  }),
  mtnTimeoutMs: integer('MTN_TIMEOUT_MS', {
    default: 30_000,
    min: 100,
    max: 40_000,
    help: 'how long an answer of MTN is waited for',
  }),
  // MTN publishes no addresses: they come with the contract.
  mtnCallbackSources: list('MTN_CALLBACK_SOURCES', {
    default: [],
    help: 'addresses that callbacks may come from; empty lets any',
  }),
  // One application, and one base address, for each country.
  airtelBaseUrl: url('AIRTEL_BASE_URL', {
    default: 'http://127.0.0.1:8090/airtel',
    help: 'Airtel Money: the sandbox of this project, https://openapiuat.airtel.co.rw or https://openapi.airtel.co.rw',
  }),
  airtelCountry: text('AIRTEL_COUNTRY', { default: 'RW', help: 'country of the application' }),
  airtelCurrency: text('AIRTEL_CURRENCY', { default: 'RWF', help: 'its currency' }),
  airtelClientId: secret('AIRTEL_CLIENT_ID', { default: 'sandbox', help: 'client id of the application' }),
  airtelClientSecret: secret('AIRTEL_CLIENT_SECRET', { default: 'sandbox', help: 'client secret of the application' }),
  airtelPin: secret('AIRTEL_PIN', { default: '1234', help: 'PIN of disbursements, encrypted before it is sent' }),
  airtelPublicKey: secret('AIRTEL_PUBLIC_KEY', {
    default: 'fetch',
    help: "Airtel's key (base64 or PEM; AIRTEL_PUBLIC_KEY_FILE names a file); `fetch` asks Airtel for it",
  }),
  // Sources disagree: older ones say PKCS #1 v1.5, those about "Encryption 2.0" OAEP with SHA-256.
  airtelPinOaep: flag('AIRTEL_PIN_OAEP', { default: false, help: 'whether the PIN is encrypted with OAEP' }),
  // Switched on in the portal, for each application; mandatory in Zambia.
  airtelSigning: flag('AIRTEL_SIGNING', { default: false, help: 'whether requests are signed (the v2 addresses)' }),
  airtelCallbackToken: secret('AIRTEL_CALLBACK_TOKEN', {
    default: 'sandbox',
    help: 'secret end of the callback address in the portal: …/inbound/airtel/<this>',
  }),
  airtelCallbackKey: secret('AIRTEL_CALLBACK_KEY', {
    default: 'off',
    help: "the portal's key for authenticated callbacks; `off` takes them without a hash",
  }),
  airtelCallbackSources: list('AIRTEL_CALLBACK_SOURCES', {
    default: [],
    help: 'addresses that callbacks may come from; empty lets any',
  }),
  // Neither is documented for Rwanda: the contract with Airtel says.
  airtelMinAmount: integer('AIRTEL_MIN_AMOUNT', { default: 100, min: 1, help: 'smallest payment in whole units' }),
  airtelMaxAmount: integer('AIRTEL_MAX_AMOUNT', { default: 2_000_000, min: 1, help: 'largest payment in whole units' }),
  airtelTimeoutMs: integer('AIRTEL_TIMEOUT_MS', {
    default: 30_000,
    min: 100,
    max: 40_000,
    help: 'how long an answer of Airtel is waited for',
  }),
  paypalBaseUrl: url('PAYPAL_BASE_URL', {
    default: 'http://127.0.0.1:8090/paypal',
    help: 'PayPal: the sandbox of this project, https://api-m.sandbox.paypal.com or https://api-m.paypal.com',
  }),
  paypalClientId: secret('PAYPAL_CLIENT_ID', { default: 'sandbox', help: 'client id of the PayPal app' }),
  paypalClientSecret: secret('PAYPAL_CLIENT_SECRET', { default: 'sandbox', help: 'secret of the PayPal app' }),
  paypalBrandName: text('PAYPAL_BRAND_NAME', { default: 'TMS', help: "the name on PayPal's approval page" }),
  paypalReturnUrl: url('PAYPAL_RETURN_URL', {
    default: 'http://127.0.0.1:8090/paypal/returned',
    help: 'page that the payer comes back to after approving; it calls FinishApproval with the `attempt_id` it is given',
  }),
  paypalCancelUrl: url('PAYPAL_CANCEL_URL', {
    default: 'http://127.0.0.1:8090/paypal/returned',
    help: 'page that the payer comes back to after giving up; it calls FinishApproval with `declined`',
  }),
  paypalCurrency: text('PAYPAL_CURRENCY', {
    default: 'USD',
    help: 'what payments are converted into that are due in a currency that PayPal does not take: USD, EUR or GBP',
  }),
  paypalMaxAmount: integer('PAYPAL_MAX_AMOUNT', {
    default: 10_000,
    min: 1,
    help: 'payments of so many whole units of their currency and more are refused',
  }),
  // PayPal's documentation has an approval last for three hours, and about three more to capture.
  paypalApprovalSeconds: integer('PAYPAL_APPROVAL_SECONDS', {
    default: 21_600,
    min: 60,
    help: 'after so long an order that PayPal no longer knows was not paid',
  }),
  paypalTimeoutMs: integer('PAYPAL_TIMEOUT_MS', {
    default: 30_000,
    min: 100,
    max: 40_000,
    help: 'how long an answer of PayPal is waited for',
  }),
  paypalWebhookId: text('PAYPAL_WEBHOOK_ID', {
    default: 'WH-SANDBOX',
    help: 'id that PayPal gave to our webhook: part of what it signs',
  }),
  paypalWebhookToken: secret('PAYPAL_WEBHOOK_TOKEN', {
    default: 'sandbox',
    help: 'last part of the address that webhooks are sent to: /inbound/paypal/<token>',
  }),
  paypalWebhookCheck: text('PAYPAL_WEBHOOK_CHECK', {
    default: 'offline',
    help: 'how signatures of webhooks are checked: `offline` with the certificate they name, `online` by asking PayPal',
  }),
  // Where PayPal's certificates are published is known from integrators only, the host rule from the documentation.
  paypalCertUrls: list('PAYPAL_CERT_URLS', {
    default: [
      'https://api.paypal.com/v1/notifications/certs/',
      'https://api-m.paypal.com/v1/notifications/certs/',
      'https://api.sandbox.paypal.com/v1/notifications/certs/',
      'https://api-m.sandbox.paypal.com/v1/notifications/certs/',
    ],
    help: "beginnings of addresses at which PayPal's certificates are found, for the check `offline`",
  }),
  paypalCertRoots: secret('PAYPAL_CERT_ROOTS', {
    default: 'public',
    help: "root that signs PayPal's certificates (PEM); `public` for the well-known ones",
  }),
  reconciliationLimits: list('PAYMENT_RECONCILIATION_LIMITS', {
    default: ['RWF:100000', 'KES:10000', 'UGX:300000', 'USD:100'],
    help: 'up to how much one person may resolve a break, by currency; a second one agrees to more, and to others',
  }),
  reconciliationAsksPerSecond: integer('PAYMENT_RECONCILIATION_ASKS_PER_SECOND', {
    default: 10,
    min: 1,
    max: 1_000,
    help: 'how fast a reconciliation asks a provider about payments',
  }),
  reconciliationHour: integer('PAYMENT_RECONCILIATION_HOUR', {
    default: 3,
    min: -1,
    max: 23,
    help: 'hour in Kigali from which the payments of yesterday are asked about; -1 for never',
  }),
}

/** The values of {@link settings}. */
export type Settings = SettingsOf<typeof settings>
