import { openPrompts } from '../world/prompts.ts'
import type { Mail } from '../world/mailboxes.ts'
import type { Phone } from '../world/phones.ts'
import type { World } from '../world/world.ts'

/** A phone as JSON: newest first, and only the messages that reached it. */
export function phoneView(world: World, phone: Phone) {
  const { msisdn, name, currency, balance } = phone
  return {
    msisdn,
    name,
    currency,
    balance,
    locked: phone.wrongPins >= 3,
    prompts: openPrompts(world, msisdn).map(({ payment }) => payment),
    messages: phone.messages.filter((message) => message.reached).reverse(),
    payments: [...phone.payments].reverse(),
    scenario: world.scenarios.setFor(msisdn),
  }
}

/** A mail as JSON: attachments in base64. */
export function mailView(mail: Mail) {
  const attachments = mail.attachments.map((part) => ({ ...part, content: part.content.toString('base64') }))
  return { ...mail, attachments }
}
