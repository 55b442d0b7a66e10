import type { Payment } from './payments.ts'
import type { PromptAnswer } from './prompts.ts'
import { BoundedMap, keepNewest } from './bounded.ts'
import { countryOf } from './countries.ts'
import type { DemoPhone } from './settings.ts'

/** An SMS as the network took it; `reached` says whether the phone has it. */
export type Sms = {
  readonly id: string
  readonly to: string
  readonly from: string
  readonly text: string
  readonly encoding: 'GSM-7' | 'UCS-2'
  readonly segments: number
  readonly receiveTime: Date
  readonly reached: boolean
  /** What the delivery report says, once one was sent. */
  report?: string
}

/** A payment that waits for a person; an ignored one is off the screen, but not over. */
export type Prompt = {
  readonly payment: Payment
  readonly answer: (given: PromptAnswer) => Promise<void>
  ignored: boolean
}

/** A phone with a wallet. Amounts are whole units of the wallet's currency. */
export type Phone = {
  readonly msisdn: string
  readonly name: string
  readonly currency: string
  readonly demo: boolean
  balance: number
  pin: string
  /** Wrong PINs in a row; the third locks the wallet (8006). */
  wrongPins: number
  /** What left the wallet on `day`, towards the daily limit. */
  readonly spent: { day: string; amount: number }
  /** By the payment's id. */
  readonly prompts: Map<string, Prompt>
  /** Oldest first, the newest 50. */
  readonly payments: Payment[]
  /** Oldest first, the newest 50. */
  readonly messages: Sms[]
}

export type Phones = {
  /** The phone with this number, which begins to exist when it is first asked for. */
  of(msisdn: string): Phone
  find(msisdn: string): Phone | undefined
  /** Demo phones first, then the most recently used others. */
  list(limit?: number): Phone[]
  keepPayment(payment: Payment): void
  keepMessage(message: Sms): void
  reset(): void
}

const PHONES_KEPT = 20_000
const KEPT_PER_PHONE = 50
const OPENING_BALANCE = 50_000
export const DEFAULT_PIN = '1234'

export function startPhones(demoPhones: readonly DemoPhone[]): Phones {
  const demo = new Map<string, Phone>()
  const others = new BoundedMap<string, Phone>(PHONES_KEPT)

  const of = (msisdn: string): Phone => {
    const known = demo.get(msisdn) ?? others.get(msisdn)
    const phone = known ?? newPhone(msisdn)
    if (phone.demo) return phone
    if (known) others.delete(msisdn) // set again, so that the order is that of use
    others.set(msisdn, phone)
    return phone
  }
  const reset = () => {
    others.clear()
    for (const { msisdn, name } of demoPhones) demo.set(msisdn, newPhone(msisdn, name))
  }
  reset()

  return {
    of,
    find: (msisdn) => demo.get(msisdn) ?? others.get(msisdn),
    list: (limit = 30) => [...demo.values(), ...[...others.values()].slice(-limit).reverse()],
    keepPayment: (payment) => keepNewest(of(payment.msisdn).payments, payment, KEPT_PER_PHONE),
    keepMessage: (message) => keepNewest(of(message.to).messages, message, KEPT_PER_PHONE),
    reset,
  }
}

function newPhone(msisdn: string, name?: string): Phone {
  return {
    msisdn,
    name: name ?? `+${msisdn}`,
    currency: countryOf(msisdn).currency,
    demo: name !== undefined,
    balance: OPENING_BALANCE,
    pin: DEFAULT_PIN,
    wrongPins: 0,
    spent: { day: '', amount: 0 },
    prompts: new Map(),
    payments: [],
    messages: [],
  }
}
