import type { Payment } from './payments.ts'
import type { Prompt } from './phones.ts'
import { debit, debitRefusal, type Refusal } from './wallet.ts'
import type { World } from './world.ts'

const PIN_TRIES = 3

/** What the person with the phone can do with a prompt. Without a PIN the right one is meant. */
export type PromptAnswer = { readonly approve: true; readonly pin?: string } | { readonly approve: false }

/** How a prompt ends; `arranged` is as the scenario has it. Each provider has a code of its own for each. */
export type Ending = 'paid' | 'declined' | 'ignored' | 'wrong-pin' | 'locked' | 'arranged' | Refusal

/** What a provider does about a prompt's end: writes it down and tells the merchant. Called once. */
export type Asker = (ending: Ending) => Promise<void>

/**
 * Shows a payment on the payer's phone; an automatic answer follows by the phone's scenario.
 *
 * Resolves when the answer is given and delivered if the scenario wants the callback before the request's own response.
 */
export async function ring(world: World, payment: Payment, end: Asker): Promise<void> {
  const { prompts } = world.phones.of(payment.msisdn)
  const finish = async (ending: Ending) => {
    if (!prompts.delete(payment.id)) return // over already
    cancel()
    await end(ending)
  }
  const answer = (given: PromptAnswer) => {
    if (!prompts.has(payment.id)) return Promise.resolve()
    return finish(given.approve ? pay(world, payment, given.pin) : 'declined')
  }
  const { promptTimeoutMs, callbackOrder, answerDelayMs } = world.scenarios.of(payment.msisdn)
  const cancel = world.timers.after(promptTimeoutMs, () => void finish('ignored'))
  prompts.set(payment.id, { payment, ignored: false, answer })
  world.changes.tell({ msisdn: payment.msisdn })

  const automatic = automaticAnswer(world, payment, answer, finish)
  if (!automatic) return
  if (callbackOrder === 'before-answer') return automatic()
  // Two to eight seconds, as people are, unless the scenario says.
  world.timers.after(answerDelayMs ?? 2000 + world.random.below(6000), () => void automatic())
}

/** What happens without anybody touching the phone; undefined when a person (or nobody) is to answer. */
function automaticAnswer(
  world: World,
  payment: Payment,
  answer: (given: PromptAnswer) => Promise<void>,
  finish: Asker,
): (() => Promise<void>) | undefined {
  switch (world.scenarios.of(payment.msisdn).answer) {
    case 'manual':
    case 'ignore':
      return undefined
    case 'approve':
      return () => answer({ approve: true })
    case 'wrong-pin':
      return () => answer({ approve: true, pin: 'wrong' })
    case 'decline':
      return () => answer({ approve: false })
    case 'fail':
      return () => finish('arranged')
  }
}

/** Takes the money when PIN and wallet allow. */
export function pay(world: World, payment: Payment, pin?: string): Ending {
  const phone = world.phones.of(payment.msisdn)
  if (phone.wrongPins >= PIN_TRIES) return 'locked'
  if (pin !== undefined && pin !== phone.pin) {
    phone.wrongPins += 1
    return 'wrong-pin'
  }
  phone.wrongPins = 0
  const refused = debitRefusal(world, phone, payment.amount)
  if (refused) return refused
  debit(world, phone, payment.amount, payment.shortCode)
  return 'paid'
}

/** The open prompts of a phone, oldest first, that its owner has not put away. */
export function openPrompts(world: World, msisdn: string): Prompt[] {
  const phone = world.phones.find(msisdn)
  return phone ? [...phone.prompts.values()].filter((prompt) => !prompt.ignored) : []
}
