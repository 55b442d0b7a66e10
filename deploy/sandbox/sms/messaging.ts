import { json, text } from '../net/answers.ts'
import type { Answer, Handler, Incoming, Reply } from '../net/router.ts'
import { routerOf } from '../net/router.ts'
import { digitsOf } from '../world/countries.ts'
import { HEX } from '../world/random.ts'
import type { FullScenario } from '../world/scenario.ts'
import type { World } from '../world/world.ts'
import { encodingOf } from './encoding.ts'
import { reportLater } from './delivery_report.ts'
import { reports, statuses } from './statuses.ts'

export const SMS_ROOT = '/africastalking'
const MESSAGING = `${SMS_ROOT}/version1/messaging`
const SHARED_SENDER = 'AFRICASTKNG'

/** Africa's Talking bulk SMS, as `https://api.africastalking.com/version1/messaging` speaks it. */
export function smsHandler(world: World): Handler {
  const router = routerOf({ [`POST ${MESSAGING}`]: (request) => submit(world, request) })
  return async (request) => {
    const found = router.find(request.method, request.path)
    if (!found || found === 'method') return text(404, 'Not Found')
    const form = new URLSearchParams(request.body.toString('utf8'))
    const recipients = recipientsIn(form)
    const scenario = world.scenarios.of(recipients.length === 1 ? digitsOf(recipients[0] ?? '') : undefined)
    const reply = await withOutage(scenario, async () => found.handler(request))
    world.arrivals.add({
      time: world.clock.now(),
      method: request.method,
      path: request.path,
      body: Object.fromEntries(form),
      status: typeof reply === 'object' && 'status' in reply ? reply.status : 'none',
    })
    return reply
  }
}

async function withOutage({ smsOutage }: FullScenario, answer: () => Promise<Reply>): Promise<Reply> {
  switch (smsOutage) {
    case 'none':
      return answer()
    case '503':
      return text(503, 'Service Unavailable')
    case 'hang':
    case 'reset':
      return smsOutage
    case 'lost-answer':
      await answer()
      return 'reset'
  }
}

const recipientsIn = (form: URLSearchParams) =>
  (form.get('to') ?? '')
    .split(',')
    .map((number) => number.trim())
    .filter((number) => number !== '')

function submit(world: World, request: Incoming): Answer {
  if (!isKey(world, request.headers.apikey)) return text(401, 'The supplied authentication is invalid')
  const form = new URLSearchParams(request.body.toString('utf8'))
  for (const field of ['username', 'to', 'message']) {
    if (!form.get(field)) return text(400, `Request is missing required form field '${field}'`)
  }
  const from = form.get('from') ?? SHARED_SENDER
  if (!/^[A-Za-z0-9 _.-]{1,11}$/.test(from)) return summary('InvalidSenderId', [])
  const recipients = recipientsIn(form).map((number) =>
    deliver(world, { number, from, text: form.get('message') ?? '' }),
  )
  const accepted = recipients.filter((recipient) => recipient.statusCode <= 102)
  const cost = accepted.reduce((sum, recipient) => sum + Number(recipient.cost.replace(/\D+ ?/, '')), 0)
  return summary(`Sent to ${accepted.length}/${recipients.length} Total Cost: KES ${cost.toFixed(4)}`, recipients)
}

function isKey(world: World, key: string | string[] | undefined): boolean {
  const { smsApiKey } = world.settings
  return smsApiKey === undefined ? Boolean(key) : key === smsApiKey
}

type Recipient = { statusCode: number; number: string; status: string; cost: string; messageId: string }

const summary = (message: string, recipients: readonly Recipient[]): Answer =>
  json(201, { SMSMessageData: { Message: message, Recipients: recipients } })

const E164 = /^\+[1-9]\d{7,14}$/
const PRICE_PER_SEGMENT = 0.8

function deliver(world: World, message: { number: string; from: string; text: string }): Recipient {
  const { number } = message
  if (!E164.test(number)) return rejected(number, statuses['invalid-number'])
  const msisdn = digitsOf(number)
  const { smsStatus, smsReport } = world.scenarios.of(msisdn)
  if (smsStatus !== 'sent') return rejected(number, statuses[smsStatus])
  const sms = {
    ...encodingOf(message.text),
    id: `ATXid_${world.random.text(HEX, 32)}`,
    to: msisdn,
    from: message.from,
    text: message.text,
    receiveTime: world.clock.now(),
    reached: reports[smsReport].reached,
  }
  world.phones.keepMessage(sms)
  world.changes.tell({ msisdn })
  reportLater(world, sms)
  return { ...statuses.sent, number, cost: `KES ${(PRICE_PER_SEGMENT * sms.segments).toFixed(4)}`, messageId: sms.id }
}

const rejected = (number: string, status: { statusCode: number; status: string }): Recipient => ({
  ...status,
  number,
  cost: '0',
  messageId: 'None',
})
