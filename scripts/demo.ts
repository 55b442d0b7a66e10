// Plays the whole story against the running suite, as its users would: npm run demo
//   TMS_URL (http://127.0.0.1:8000) and SANDBOX_URL (http://127.0.0.1:8090) say where it runs.
import { createTms, type Tms } from '../clients/sdk/src/node.ts'
import { companies, DEMO_PASSWORD, platformPeople } from '../deploy/demo/companies.ts'
import { addDays, serviceDateOf } from '../services/kit/values/index.ts'
import { suiteUrl } from './command/command.ts'
import { countedBlind, soldOffline } from './demo/counter.ts'
import { eventually, prove, Story } from './demo/story.ts'
import { paidOut, payByMtn, payByPayPal, reconciled } from './demo/money.ts'
import { phoneAt } from './demo/phone.ts'
import { buy, codesIn, find, hold, otherRider, pay, ticketed } from './demo/passenger.ts'
import { ridden } from './demo/ride.ts'
import { boarding, ledgerHolds, offline, scanned } from './demo/staff.ts'
import { counterCompany } from './pos/company.ts'

const baseUrl = suiteUrl()
const sandboxUrl = process.env['SANDBOX_URL'] ?? 'http://127.0.0.1:8090'
const passengerPhone = platformPeople.find(({ role }) => role === 'passenger')?.phone ?? ''
const clients: Tms[] = []

function client(language: 'en' | 'rw' = 'rw'): Tms {
  const tms = createTms({ baseUrl, language })
  clients.push(tms)
  return tms
}

async function play(story: Story): Promise<void> {
  const phone = phoneAt(sandboxUrl, passengerPhone)
  const serviceDate = addDays(serviceDateOf(new Date(), 'Africa/Kigali'), 1)
  const passenger = client()
  await story.step('Aline signs in with her phone number', async () => {
    const who = await passenger.session.signIn({ phone: passengerPhone }, DEMO_PASSWORD)
    return [who, `session ${who.sessionId}, tokens that every service checks by itself`]
  })
  const offer = await story.step('She looks for a bus to "Butare", as Huye was once called', () =>
    find(passenger, 'kigali', 'Butare', serviceDate),
  )
  const booking = await story.step('She holds a seat and sees the time that she has to pay', () =>
    hold(passenger, offer),
  )
  await story.step('A guest wants the same seat', () => otherRider(client(), offer, booking))
  await story.step('She declines the first prompt on her phone, then approves the second', () =>
    pay(passenger, booking, phone),
  )
  const ticket = await story.step('Payment, booking and ticket follow each other by events', () =>
    ticketed(passenger, booking.bookingId),
  )
  await story.step('One SMS comes, in Kinyarwanda', async () => {
    const sms = await eventually('the ticket SMS', async () =>
      (await phone.messages()).find((text) => text.includes(booking.bookingCode)),
    )
    const copies = (await phone.messages()).filter((text) => text.includes(booking.bookingCode))
    prove(copies.length === 1, `${copies.length} messages came for one booking`)
    return [sms, `"${sms}"`]
  })
  await story.step('Her ticket is drawn as a QR code and read back', () => codesIn(passenger, ticket.code))

  const company = companies.find(({ tenantId }) => tenantId === booking.tenantId)
  prove(company !== undefined, 'the trip belongs to no company of the demo')
  const driver = client('en')
  const manager = client('en')
  await driver.session.signIn(
    { phone: company.people.find(({ role }) => role === 'driver')?.phone ?? '' },
    DEMO_PASSWORD,
  )
  await manager.session.signIn(
    { phone: company.people.find(({ role }) => role === 'manager')?.phone ?? '' },
    DEMO_PASSWORD,
  )
  await story.step('A device without a network checks the ticket, and a copy with one letter changed', () =>
    offline(driver, ticket.code, booking),
  )
  await story.step('The driver opens boarding, scans her ticket, and scans it again', () =>
    scanned(driver, manager, ticket.code, booking),
  )
  await story.step(
    'The bus drives, and she sees it move on her phone; somebody without a ticket does not',
    async () => {
      const stranger = client()
      await stranger.session.asGuest()
      return ridden({ driver, manager, passenger, stranger }, booking, `${baseUrl}/gtfs-realtime/${company.slug}`)
    },
  )
  await story.step('Her cousin buys a ticket, cannot travel, and gets the money back', () =>
    buy(passenger, offer, phone, 'cancelled'),
  )
  await story.step('Her aunt is paid for by MTN MoMo', () =>
    payByMtn(passenger, offer, { phone, msisdn: passengerPhone }),
  )
  const platform = client('en')
  await platform.session.signIn(
    { phone: platformPeople.find(({ role }) => role === 'admin')?.phone ?? '' },
    DEMO_PASSWORD,
  )
  await story.step('Her brother abroad pays by PayPal, in dollars', () => payByPayPal(passenger, platform, offer))
  await story.step('The company has money sent to its phone: one asks, another agrees', async () => {
    const [, colleague] = company.people.filter(({ role }) => role === 'manager')
    prove(colleague !== undefined, 'the company has one manager only')
    const checker = client('en')
    await checker.session.signIn({ phone: colleague.phone }, DEMO_PASSWORD)
    return paidOut(manager, checker, colleague.phone)
  })
  const counterPeople = await peopleOfCounter()
  const counter = await story.step('A counter without a network sells two seats that it was lent', () =>
    soldOffline(counterPeople),
  )
  await story.step('Its agent counts the till without being told what should be in it, and closes the shift', () =>
    countedBlind(counterPeople, counter),
  )
  await story.step("The platform compares its books with M-Pesa's statement", () => reconciled(platform, sandboxUrl))
  await story.step("The driver has the manifest, and the company's books balance for its manager", async () => {
    const [, boarded] = await boarding(driver, booking)
    const [, books] = await ledgerHolds(manager)
    return [undefined, `${boarded}; ${books}`]
  })
}

/** The people of the first company that has a counter, and somebody at home. */
async function peopleOfCounter() {
  const { tenantId, people } = counterCompany('')
  const signedIn = async (wanted: 'manager' | 'agent') => {
    const tms = client('en')
    await tms.session.signIn({ phone: people.find(({ role }) => role === wanted)?.phone ?? '' }, DEMO_PASSWORD)
    return tms
  }
  const rider = client()
  await rider.session.asGuest()
  return { tenantId, manager: await signedIn('manager'), agent: await signedIn('agent'), rider }
}

const story = new Story()
try {
  await play(story)
  console.log(`\n${story.length} steps, all of them held.`)
} catch {
  process.exitCode = 1
} finally {
  for (const tms of clients) tms.close()
}
