import type { Scenario } from './scenario.ts'

/** Tells the time; tests may set it. Waits are real time all the same. */
export type Clock = { now(): Date }

/** A paybill or till, as Safaricom's portal would know it. */
export type Business = { readonly shortCode: string; readonly name: string; readonly passkey: string }

/** A phone that is on the page from the start, and whose prompts a person answers. */
export type DemoPhone = { readonly msisdn: string; readonly name: string }

/** What the outside world is set up with. */
export type Settings = {
  /** Paybills that exist; the first is the one that Safaricom publishes for its own sandbox. */
  readonly businesses: readonly Business[]
  /** Dialling codes whose numbers may pay. */
  readonly countries: readonly string[]
  /** The one consumer key and secret that are right; any non-empty pair is when left out. */
  readonly consumer: { readonly key: string; readonly secret: string } | undefined
  /** The API operator whose encrypted password must come with reversals, payouts and queries. */
  readonly initiator: { readonly name: string; readonly password: string }
  /** MTN's API user as the portal would have made it, and the one subscription key that is right, or any. */
  readonly momo: {
    readonly user: { readonly id: string; readonly key: string; readonly callbackHost: string }
    readonly subscriptionKey: string | undefined
  }
  /** Airtel's one right client, or any; the PIN of disbursements; the key of authenticated callbacks, or none. */
  readonly airtel: {
    readonly client: { readonly id: string; readonly secret: string } | undefined
    readonly pin: string
    readonly callbackKey: string | undefined
  }
  /** Africa's Talking's one right `apiKey`; any non-empty one is when left out. */
  readonly smsApiKey: string | undefined
  readonly phones: readonly DemoPhone[]
  /** What applies to every phone from the start. */
  readonly scenario: Scenario
}

const PUBLIC_PASSKEY = 'bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919'

/** The values that Safaricom publishes for its sandbox, and the people of the demo. */
export const defaults: Settings = {
  businesses: [
    { shortCode: '174379', name: 'TMS Coach Tickets', passkey: PUBLIC_PASSKEY },
    { shortCode: '600984', name: 'TMS Collections', passkey: PUBLIC_PASSKEY },
    { shortCode: '600992', name: 'TMS Payouts', passkey: PUBLIC_PASSKEY },
    { shortCode: '600997', name: 'TMS Payouts 2', passkey: PUBLIC_PASSKEY },
  ],
  countries: ['254', '250'],
  consumer: undefined,
  initiator: { name: 'testapi', password: 'Safaricom999#' },
  momo: {
    user: { id: '7b1f3c52-9d0e-4a76-8e21-5c4f60d2a913', key: 'sandbox', callbackHost: '127.0.0.1' },
    subscriptionKey: undefined,
  },
  airtel: { client: undefined, pin: '1234', callbackKey: undefined },
  smsApiKey: undefined,
  // The people of the demo network (deploy/demo) whom a story needs, and one Kenyan, whose wallet holds shillings.
  phones: [
    { msisdn: '250788000100', name: 'Aline Uwase' },
    { msisdn: '250788000011', name: 'Kalisa Manager' },
    { msisdn: '250788000012', name: 'Chantal Agent' },
    { msisdn: '250788000013', name: 'Damas Driver' },
    { msisdn: '250788000001', name: 'Ada Admin' },
    { msisdn: '254711222333', name: 'Wanjiku Kamau' },
  ],
  scenario: {},
}
