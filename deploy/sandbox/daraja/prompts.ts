import { ring as showPrompt, pay, type Ending } from '../world/prompts.ts'
import type { PushPayment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import type { Daraja } from './daraja.ts'
import { forge, forgeriesOf } from './forgeries.ts'
import { newReceipt } from './ledger.ts'
import { refusalCodes, resultDescription, type ResultCode } from './result_codes.ts'
import { callbackBody, factsOf } from './stk_callback.ts'

const PROMPT_LIMIT = 182
const REPEAT_WINDOW_MS = 120_000

/** Shows a push on the payer's phone; what cannot be shown ends at once. */
export async function ring(daraja: Daraja, payment: PushPayment): Promise<void> {
  const { world } = daraja
  const refused = ringRefusal(world, payment)
  world.payments.add(payment)
  world.phones.keepPayment(payment)
  if (refused) return void world.timers.after(0, () => void finish(daraja, payment, refused))
  await showPrompt(world, payment, (ending) => finish(daraja, payment, codeOf(world, payment, ending)))
}

/** The code with which M-PESA reports each way that a prompt can end. */
function codeOf(world: World, payment: PushPayment, ending: Ending): ResultCode {
  const { resultCode, timeoutCode } = world.scenarios.of(payment.msisdn)
  switch (ending) {
    case 'paid':
      return '0'
    case 'declined':
      return '1032'
    case 'ignored':
      return timeoutCode
    case 'wrong-pin':
      return '2001'
    case 'locked':
      return '8006'
    case 'arranged':
      // "fail" that ends with 0 is no failure: pay properly, so that no success is without its money.
      return resultCode === '0' ? codeOf(world, payment, pay(world, payment)) : resultCode
    default:
      return refusalCodes[ending]
  }
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

/** Ends a push and tells the merchant. */
async function finish(daraja: Daraja, payment: PushPayment, code: ResultCode): Promise<void> {
  const { world } = daraja
  const end = { code, text: resultDescription(code) }
  world.payments.settle(payment, end, world.clock.now(), code === '0' ? newReceipt(world) : undefined)
  world.changes.tell({ msisdn: payment.msisdn })
  await tellMerchant(daraja, payment)
}

async function tellMerchant(daraja: Daraja, payment: PushPayment): Promise<void> {
  if (!payment.outcome) return
  const { forge: wanted } = daraja.world.scenarios.of(payment.msisdn)
  const kinds = forgeriesOf(wanted)
  await daraja.deliveries.deliver({
    msisdn: payment.msisdn,
    url: payment.push.callbackUrl,
    body: callbackBody(factsOf(payment, payment.outcome)),
    payment,
    reveal: () => void (payment.push.known = true),
    forged: kinds.map((kind) => forge(daraja.world, payment, kind)),
  })
}
