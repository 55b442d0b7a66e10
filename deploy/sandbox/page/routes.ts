import { readFileSync } from 'node:fs'
import type { Control } from '../control/control.ts'
import { text } from '../net/answers.ts'
import type { Answer, Handler, Incoming, Routes } from '../net/router.ts'
import { digitsOf } from '../world/countries.ts'
import { readScenario } from '../world/scenario.ts'
import type { World } from '../world/world.ts'
import { keepPageLive } from './browser.ts'
import { pageAnswer } from './layout.ts'
import { liveUpdates } from './live.ts'
import { attachmentAnswer, mailboxPage, mailHtml } from './mail_page.ts'
import { overviewPage } from './overview_page.ts'
import { phonePage } from './phone_page.ts'
import { statementAnswer } from './statements.ts'
import { presets } from './scenario_panel.ts'

/** The page with the virtual phones. Every form works without script too: it answers with the page to go to. */
export function pageRoutes(world: World, control: Control): Routes {
  return {
    'GET /': () => pageAnswer(world, { title: 'Overview', open: '', content: overviewPage(world) }),
    'GET /open': ({ query }) => openNumber(query.get('number') ?? ''),
    'GET /phones/:msisdn': ({ params }) => showPhone(world, params.msisdn ?? ''),
    'GET /mailboxes/:address': ({ params }) => showMailbox(world, params.address ?? ''),
    'GET /mails/:id/html': ({ params }) => {
      const mail = world.mailboxes.find(params.id ?? '')
      return mail ? mailHtml(mail) : missing
    },
    'GET /mails/:id/attachments/:index': ({ params }) => {
      const part = world.mailboxes.find(params.id ?? '')?.attachments[Number(params.index)]
      return part ? attachmentAnswer(part) : missing
    },
    'GET /statements/:shortCode': (request) => statementAnswer(world, request),
    'GET /events': () => liveUpdates(world.changes),
    'POST /phones/:msisdn/prompts/:id/:action': (request) => answer(control, request),
    'POST /phones/:msisdn/scenario': (request) => arrange(world, request, request.params.msisdn),
    'POST /scenario': (request) => arrange(world, request),
    'POST /reset': () => {
      control.reset()
      return goTo('/')
    },
    'GET /assets/page.css': asset('page.css', 'text/css'),
    'GET /assets/page.js': () => ({ status: 200, headers: headersOf('text/javascript'), body: SCRIPT }),
    'GET /assets/icon.svg': asset('icon.svg', 'image/svg+xml'),
  }
}

const missing = text(404, 'There is no such thing here.')

const goTo = (location: string): Answer => ({ status: 303, headers: { location } })

const headersOf = (type: string) => ({ 'content-type': `${type}; charset=utf-8`, 'x-content-type-options': 'nosniff' })

/** Type-checked like everything else, and served as what is left of it without types: there is no build step. */
const SCRIPT = `(${keepPageLive.toString()})()`

/** Read once, when it is first wanted. */
function asset(file: string, type: string): Handler {
  let body: Buffer | undefined
  return () => ({
    status: 200,
    headers: headersOf(type),
    body: (body ??= readFileSync(new URL(`./assets/${file}`, import.meta.url))),
  })
}

function openNumber(number: string): Answer {
  const digits = digitsOf(number)
  return /^[1-9]\d{7,14}$/.test(digits) ? goTo(`/phones/${digits}`) : goTo('/')
}

function showPhone(world: World, msisdn: string): Answer {
  if (!/^[1-9]\d{7,14}$/.test(msisdn)) return missing
  const phone = world.phones.of(msisdn)
  return pageAnswer(world, { title: phone.name, open: msisdn, content: phonePage(world, phone) })
}

function showMailbox(world: World, address: string): Answer {
  const content = mailboxPage(address, world.mailboxes.list(address))
  return pageAnswer(world, { title: address, open: address.toLowerCase(), content })
}

const formOf = (request: Incoming) => new URLSearchParams(request.body.toString('utf8'))

function answer(control: Control, request: Incoming): Answer {
  const { msisdn = '', id = '', action } = request.params
  const phone = control.phone(msisdn)
  // Between drawing the button and pressing it the prompt may have run out: then there is nothing left to do.
  if (phone.prompts().some((payment) => payment.id === id)) {
    if (action === 'approve') phone.approve(id, formOf(request).get('pin') ?? '')
    if (action === 'decline') phone.decline(id)
    if (action === 'ignore') phone.ignore(id)
  }
  return goTo(`/phones/${msisdn}`)
}

/** A preset adds to what is arranged; the form with every switch replaces it. */
function arrange(world: World, request: Incoming, msisdn?: string): Answer {
  const form = formOf(request)
  const preset = form.get('preset')
  try {
    if (preset === null || preset === 'clear') world.scenarios.clear(msisdn)
    if (preset === null) world.scenarios.set(readScenario(Object.fromEntries(form)), msisdn)
    else world.scenarios.set(presets[preset]?.scenario ?? {}, msisdn)
  } catch (error) {
    return text(400, error instanceof Error ? error.message : String(error))
  }
  world.changes.tell({})
  return goTo(msisdn === undefined ? '/' : `/phones/${msisdn}`)
}
