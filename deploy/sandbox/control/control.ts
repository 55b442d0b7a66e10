import type { Arrival } from '../world/arrivals.ts'
import { digitsOf } from '../world/countries.ts'
import type { Deliveries } from '../world/deliveries.ts'
import type { Mail } from '../world/mailboxes.ts'
import type { MoneyTotals, Payment } from '../world/payments.ts'
import type { Prompt, Sms } from '../world/phones.ts'
import type { Provider } from '../world/provider.ts'
import { openPrompts, type PromptAnswer } from '../world/prompts.ts'
import type { Scenario } from '../world/scenario.ts'
import { resetWorld, type World } from '../world/world.ts'
import { until } from './until.ts'

/** One phone, in the hands of a test. Numbers may be written in any way; lists are newest first. */
export type PhoneControl = {
  readonly msisdn: string
  /** Open prompts, oldest first. */
  prompts(): Payment[]
  /** Waits for a prompt to be open. */
  nextPrompt(timeoutMs?: number): Promise<Payment>
  /**
   * Answers a prompt: the oldest one, or that of a payment's id. Without a PIN the right one is typed.
   *
   * @throws {Error} when there is no such prompt.
   */
  approve(paymentId?: string, pin?: string): void
  decline(paymentId?: string): void
  /** Puts the prompt away unanswered; it ends by time-out. */
  ignore(paymentId?: string): void
  messages(): Sms[]
  /** Waits for an SMS whose text contains `text`. */
  nextMessage(text?: string, timeoutMs?: number): Promise<Sms>
  payments(): Payment[]
  balance(): number
  /** Sets what is in the wallet, or its PIN; either also unlocks it after three wrong PINs. */
  set(wallet: { balance?: number; pin?: string }): void
  /** What this phone is to live through from now on, on top of what was set before. */
  scenario(scenario: Scenario): void
}

/** The outside world, in the hands of a test. */
export type Control = {
  phone(number: string): PhoneControl
  /** SMS to a number, or all that phones have kept; newest first, as every list here but `requests`. */
  messages(to?: string): Sms[]
  mails(to?: string): Mail[]
  payments(number?: string): Payment[]
  /** Money by currency since the last reset, however many payments were forgotten. */
  totals(): Record<string, MoneyTotals>
  /** What arrived at the providers, oldest first; those whose path contains `path`. */
  requests(path?: string): Arrival[]
  /** What everybody is to live through from now on, on top of what was set before. */
  scenario(scenario: Scenario): void
  clearScenario(number?: string): void
  /** Posts a false callback for a payment, now. @throws {Error} when there is none, or it knows no such lie */
  forge(paymentId: string, kind: string): Promise<void>
  /** Every access token stops being valid. */
  expireTokens(): void
  /** Where SMS delivery reports go; '' for nowhere. */
  reportTo(url: string): void
  /** Where Airtel's callbacks go; '' for nowhere. */
  airtelCallsBack(url: string): void
  /** Resolves with what `find` returns once that is not undefined, looking again at every change. */
  until<T>(find: () => T | undefined, timeoutMs?: number): Promise<T>
  /** Back to the first day. */
  reset(): void
}

/** Tests should fail before their runner gives up on them. */
const PATIENCE_MS = 5000

export function controlOf(world: World, deliveries: Deliveries, providers: readonly Provider[]): Control {
  return {
    phone: (number) => phoneControl(world, digitsOf(number)),
    messages: (to) => messagesOf(world, to),
    mails: (to) => world.mailboxes.list(to),
    payments: (number) => world.payments.list(number === undefined ? undefined : digitsOf(number)),
    totals: () => world.payments.totals(),
    requests: (path) => world.arrivals.list(path),
    scenario: (scenario) => world.scenarios.set(scenario),
    clearScenario: (number) => world.scenarios.clear(number === undefined ? undefined : digitsOf(number)),
    forge: async (paymentId, kind) => {
      const payment = world.payments.find(paymentId)
      const post = payment && providers.map((provider) => provider.forge(payment, kind)).find(Boolean)
      if (!post) throw new Error(`there is no payment ${paymentId} about which "${kind}" can be forged`)
      await deliveries.send(post, payment, true)
    },
    expireTokens: () => {
      for (const provider of providers) provider.expireTokens()
    },
    reportTo: (url) => void (world.dashboard.reportUrl = url),
    airtelCallsBack: (url) => void (world.dashboard.airtelCallbackUrl = url),
    until: (find, timeoutMs = PATIENCE_MS) => until(world.changes, find, timeoutMs),
    reset: () => {
      for (const provider of providers) provider.reset()
      resetWorld(world)
    },
  }
}

function phoneControl(world: World, msisdn: string): PhoneControl {
  const phone = () => world.phones.of(msisdn)
  const open = () => openPrompts(world, msisdn).map((prompt) => prompt.payment)
  const messages = () => messagesOf(world, msisdn)
  const answer = (given: PromptAnswer, id?: string) => void promptOf(world, msisdn, id).answer(given)

  return {
    msisdn,
    prompts: open,
    nextPrompt: (timeoutMs = PATIENCE_MS) => until(world.changes, () => open()[0], timeoutMs),
    approve: (id, pin) => answer({ approve: true, ...(pin !== undefined && { pin }) }, id),
    decline: (id) => answer({ approve: false }, id),
    ignore: (id) => {
      promptOf(world, msisdn, id).ignored = true
      world.changes.tell({ msisdn })
    },
    messages,
    nextMessage: (text = '', timeoutMs = PATIENCE_MS) =>
      until(world.changes, () => messages().find((sms) => sms.text.includes(text)), timeoutMs),
    payments: () => [...phone().payments].reverse(),
    balance: () => phone().balance,
    set: (wallet) => {
      Object.assign(phone(), wallet, { wrongPins: 0 })
      world.changes.tell({ msisdn })
    },
    scenario: (scenario) => world.scenarios.set(scenario, msisdn),
  }
}

/** Only what reached the phone: a message to a dead number is in nobody's inbox. */
function messagesOf(world: World, to?: string): Sms[] {
  const phones = to === undefined ? world.phones.list(Infinity) : [world.phones.find(digitsOf(to))]
  const messages = phones.flatMap((phone) => phone?.messages ?? []).filter((message) => message.reached)
  return messages.reverse().sort((a, b) => b.receiveTime.getTime() - a.receiveTime.getTime())
}

function promptOf(world: World, msisdn: string, id?: string): Prompt {
  const prompts = openPrompts(world, msisdn)
  const prompt = id === undefined ? prompts[0] : prompts.find(({ payment }) => payment.id === id)
  if (!prompt) throw new Error(`there is no ${id === undefined ? '' : `prompt ${id} `}open on +${msisdn}`)
  return prompt
}
