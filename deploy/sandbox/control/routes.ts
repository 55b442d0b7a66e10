import { textOf } from '../daraja/fields.ts'
import { json, objectOf } from '../net/answers.ts'
import type { Answer, Handler, Incoming, Routes } from '../net/router.ts'
import { digitsOf } from '../world/countries.ts'
import { forgeryKinds, readScenario } from '../world/scenario.ts'
import type { World } from '../world/world.ts'
import type { Control } from './control.ts'
import { mailView, phoneView } from './views.ts'

/** The control API: what the page and tests do, as JSON. README.md lists it. */
export function controlRoutes(world: World, control: Control, refuseFor: (forMs: number) => void): Routes {
  const routes: Routes = {
    'GET /control/phones': () => json(200, { phones: world.phones.list().map((phone) => phoneView(world, phone)) }),
    'GET /control/phones/:msisdn': ({ params }) =>
      json(200, phoneView(world, world.phones.of(numberIn(params.msisdn)))),
    'POST /control/phones/:msisdn': (request) => setWallet(control, request),
    'POST /control/phones/:msisdn/prompts/:id/approve': ({ params, body }) => {
      const pin = textOf(optionalObject(body), 'pin') || undefined
      control.phone(numberIn(params.msisdn)).approve(promptId(params.id), pin)
      return done
    },
    'POST /control/phones/:msisdn/prompts/:id/decline': ({ params }) => {
      control.phone(numberIn(params.msisdn)).decline(promptId(params.id))
      return done
    },
    'POST /control/phones/:msisdn/prompts/:id/ignore': ({ params }) => {
      control.phone(numberIn(params.msisdn)).ignore(promptId(params.id))
      return done
    },
    'GET /control/messages': ({ query }) => json(200, { messages: control.messages(query.get('to') ?? undefined) }),
    'GET /control/mails': ({ query }) =>
      json(200, { mails: control.mails(query.get('to') ?? undefined).map(mailView) }),
    'GET /control/payments': ({ query }) =>
      json(200, { totals: control.totals(), payments: control.payments(query.get('phone') ?? undefined) }),
    'GET /control/requests': ({ query }) => json(200, { requests: control.requests(query.get('path') ?? undefined) }),
    'GET /control/scenarios': ({ query }) => scenarios(world, query.get('phone')),
    'POST /control/scenarios': (request) => {
      const { phone: _, ...fields } = objectOf(request.body)
      const phone = textOf(objectOf(request.body), 'phone') || null
      world.scenarios.set(readScenario(fields), phone === null ? undefined : numberIn(phone))
      world.changes.tell({})
      return scenarios(world, phone)
    },
    'DELETE /control/scenarios': ({ query }) => {
      control.clearScenario(query.get('phone') ?? undefined)
      return done
    },
    'POST /control/forge': ({ body }) => forgeNow(control, body),
    'POST /control/tokens/expire': () => {
      control.expireTokens()
      return done
    },
    'POST /control/refuse': ({ body }) => {
      const { forMs = 5000 } = optionalObject(body)
      refuseFor(wholeNumber('forMs', forMs, 600_000))
      return done
    },
    'POST /control/dashboard': ({ body }) => {
      const typed = objectOf(body)
      if ('reportUrl' in typed) control.reportTo(textOf(typed, 'reportUrl'))
      if ('airtelCallbackUrl' in typed) control.airtelCallsBack(textOf(typed, 'airtelCallbackUrl'))
      return done
    },
    'POST /control/reset': () => {
      control.reset()
      return done
    },
  }
  return Object.fromEntries(Object.entries(routes).map(([route, handler]) => [route, orSentence(handler)]))
}

const done: Answer = { status: 204 }

/** What cannot be done is told in a sentence. */
function orSentence(handler: Handler): Handler {
  return async (request) => {
    try {
      return await handler(request)
    } catch (error) {
      return json(400, { error: error instanceof Error ? error.message : String(error) })
    }
  }
}

function scenarios(world: World, phone: string | null): Answer {
  const msisdn = phone === null ? undefined : digitsOf(phone)
  return json(200, { set: world.scenarios.setFor(msisdn), inForce: world.scenarios.of(msisdn) })
}

/** @throws {RangeError} when it is no phone number. */
function numberIn(text = ''): string {
  const msisdn = digitsOf(text)
  if (!/^[1-9]\d{7,14}$/.test(msisdn)) throw new RangeError(`"${text}" is not a phone number with its country code`)
  return msisdn
}

/** `next` stands for the oldest open prompt, so that a script need not look its id up. */
const promptId = (id?: string) => (id === 'next' ? undefined : id)

const optionalObject = (body: Buffer) => (body.length > 0 ? objectOf(body) : {})

function wholeNumber(name: string, value: unknown, max: number): number {
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max) return Number(value)
  throw new RangeError(`${name} is a whole number from 0 to ${max}`)
}

function setWallet(control: Control, { params, body }: Incoming): Answer {
  const { balance } = objectOf(body)
  const pin = textOf(objectOf(body), 'pin')
  control.phone(numberIn(params.msisdn)).set({
    ...(balance !== undefined && { balance: wholeNumber('balance', balance, 1_000_000_000) }),
    ...(pin && { pin }),
  })
  return done
}

async function forgeNow(control: Control, body: Buffer): Promise<Answer> {
  const wanted = objectOf(body)
  const known = forgeryKinds.find((kind) => kind === wanted.kind)
  if (!known) throw new RangeError(`kind is one of ${forgeryKinds.join(', ')}`)
  await control.forge(textOf(wanted, 'paymentId') || textOf(wanted, 'checkoutRequestId'), known)
  return done
}
