import type { Prompt } from '../world/phones.ts'
import type { PushPayment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import type { Daraja } from './daraja.ts'
import { forge, forgeries } from './forgeries.ts'
import type { ResultCode } from './result_codes.ts'
import { callbackBody, factsOf } from './stk_callback.ts'
import { debit, debitRefusal, newReceipt } from './wallet.ts'

const PIN_TRIES = 3
const PROMPT_LIMIT = 182
const REPEAT_WINDOW_MS = 120_000

/** What the person with the phone can do with a prompt. */
export type PromptAnswer = { readonly approve: true; readonly pin?: string } | { readonly approve: false }

/**
 * Shows a push on the payer's phone; an automatic answer follows by the phone's scenario.
 *
 * Resolves when the answer is given and delivered if the scenario wants the callback before the push's own response.
 */
export async function ring(daraja: Daraja, payment: PushPayment): Promise<void> {
  const { world } = daraja
  const phone = world.phones.of(payment.msisdn)
  const refused = ringRefusal(world, payment)
  world.payments.add(payment)
  world.phones.keepPayment(payment)
  if (refused) return void world.timers.after(0, () => void finish(daraja, payment, refused))

  const { promptTimeoutMs, timeoutCode, callbackOrder } = world.scenarios.of(payment.msisdn)
  const expire = () => void finish(daraja, payment, timeoutCode)
  phone.prompts.set(payment.id, { payment, ignored: false, cancel: world.timers.after(promptTimeoutMs, expire) })
  world.changes.tell({ msisdn: payment.msisdn })

  const answer = automaticAnswer(daraja, payment)
  if (!answer) return
  if (callbackOrder === 'before-answer') return answer()
  world.timers.after(answerDelay(world, payment.msisdn), () => void answer())
}

/** Why a push never becomes a prompt, if it does not. */
function ringRefusal(world: World, payment: PushPayment): ResultCode | undefined {
  const { oneSession, repeatRule } = world.scenarios.of(payment.msisdn)
  const { push, shortCode, msisdn } = payment
  const prompt = `Do you want to pay ${payment.currency} ${payment.amount} to ${payment.business} Account no. ${payment.reference}? ${payment.description}`
  if (push.transactionType === 'CustomerPayBillOnline' && push.partyB !== shortCode) return '2028'
  if (payment.reference.length > 15 || prompt.length > PROMPT_LIMIT) return '1025'
  if (oneSession && world.phones.of(msisdn).prompts.size > 0) return '1001'
  if (repeatRule && isRepeat(world, payment)) return '17'
  return undefined
}

/** The same amount to the same business, paid less than two minutes ago. */
function isRepeat(world: World, payment: PushPayment): boolean {
  const since = payment.createTime.getTime() - REPEAT_WINDOW_MS
  return world.phones
    .of(payment.msisdn)
    .payments.some(
      (earlier) =>
        earlier.outcome?.code === '0' &&
        earlier.outcome.time.getTime() > since &&
        earlier.amount === payment.amount &&
        earlier.shortCode === payment.shortCode,
    )
}

/** Two to eight seconds, as people are, unless the scenario says. */
function answerDelay(world: World, msisdn: string): number {
  return world.scenarios.of(msisdn).answerDelayMs ?? 2000 + world.random.below(6000)
}

/** What happens without anybody touching the phone; undefined when a person (or nobody) is to answer. */
function automaticAnswer(daraja: Daraja, payment: PushPayment): (() => Promise<void>) | undefined {
  const { answer, resultCode } = daraja.world.scenarios.of(payment.msisdn)
  switch (answer) {
    case 'manual':
    case 'ignore':
      return undefined
    case 'approve':
      return () => answerPrompt(daraja, payment, { approve: true })
    case 'wrong-pin':
      return () => answerPrompt(daraja, payment, { approve: true, pin: 'wrong' })
    case 'decline':
      return () => answerPrompt(daraja, payment, { approve: false })
    case 'fail':
      // "fail" that ends with 0 is no failure: pay properly, so that no success is without its money.
      if (resultCode === '0') return () => answerPrompt(daraja, payment, { approve: true })
      return () => finish(daraja, payment, resultCode)
  }
}

/** The person's answer. Without a PIN the right one is meant. Does nothing when the payment is over already. */
export async function answerPrompt(daraja: Daraja, payment: PushPayment, answer: PromptAnswer): Promise<void> {
  if (payment.outcome) return
  const code = answer.approve ? pay(daraja.world, payment, answer.pin) : '1032'
  await finish(daraja, payment, code)
}

function pay(world: World, payment: PushPayment, pin?: string): ResultCode {
  const phone = world.phones.of(payment.msisdn)
  if (phone.wrongPins >= PIN_TRIES) return '8006'
  if (pin !== undefined && pin !== phone.pin) {
    phone.wrongPins += 1
    return '2001'
  }
  phone.wrongPins = 0
  const refused = debitRefusal(world, phone, payment.amount)
  if (refused) return refused
  debit(world, phone, payment.amount, payment.shortCode)
  return '0'
}

/** Ends a push and tells the merchant. */
async function finish(daraja: Daraja, payment: PushPayment, code: ResultCode): Promise<void> {
  if (payment.outcome) return
  const { world } = daraja
  const prompts = world.phones.of(payment.msisdn).prompts
  prompts.get(payment.id)?.cancel()
  prompts.delete(payment.id)
  world.payments.settle(payment, code, world.clock.now(), code === '0' ? newReceipt(world) : undefined)
  world.changes.tell({ msisdn: payment.msisdn })
  await tellMerchant(daraja, payment)
}

async function tellMerchant(daraja: Daraja, payment: PushPayment): Promise<void> {
  if (!payment.outcome) return
  const { forge: wanted } = daraja.world.scenarios.of(payment.msisdn)
  const kinds = wanted === 'none' ? [] : wanted === 'all' ? forgeries : [wanted]
  await daraja.deliveries.deliver({
    msisdn: payment.msisdn,
    url: payment.push.callbackUrl,
    body: callbackBody(factsOf(payment, payment.outcome)),
    payment,
    reveal: () => void (payment.push.known = true),
    forged: kinds.map((kind) => forge(daraja.world, payment, kind)),
  })
}

/** The open prompts of a phone, oldest first, that its owner has not put away. */
export function openPrompts(world: World, msisdn: string): Prompt[] {
  const phone = world.phones.find(msisdn)
  return phone ? [...phone.prompts.values()].filter((prompt) => !prompt.ignored) : []
}
