import { expect, test } from 'vitest'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { type Booking } from '../../../sdk/src/node.ts'
import { id } from '../../testing/world/companies.ts'
import { confirmed, holdSeats as holdBySdk, startPaying } from '../../testing/world/passenger.ts'
import { axeFaultsInBothLooks, type Page, phone, shot } from '../testing/chromium.ts'
import { approve, choose, goOn, hold, openTrip, press, search, ticket } from '../testing/passenger.ts'
import type { PortalTown } from '../testing/town.ts'
import type { Stage } from './stage.ts'

const BUYER = '0788 500 061'
const GUEST = '0788 500 062'
const SILENT = '0788 500 063'
const PATIENCE_MS = 20_000
const REASON = 'Landslide at Muhanga'

const e164 = (typed: string) => `+25${typed.replaceAll(' ', '')}`

/** What passengers do when their bus does not run. */
export function choiceStories(stage: () => Stage): void {
  test('the message about a cancelled trip leads to its choice: until when, which seats, how much; who bought rides on, a guest has the money back by code and phone, and what was chosen stays chosen', async () => {
    const { town, browser } = stage()
    const { page, context, faults } = await phone(browser, town.baseUrl)
    await search(page, { ...town, date: town.dayAfter })
    await openTrip(page)
    const tripId = /\/trip\/([0-9a-f-]+)\//.exec(page.url())?.[1] ?? ''
    await choose(page, '2A', '2B')
    await goOn(page)
    await hold(page, BUYER, 'Aline Uwase', 'Bosco Nkurunziza')
    await press(page)
    await approve(town, e164(BUYER))
    await ticket(page)
    const old = page.url()
    const sold = await soldBySdk(town, GUEST, '3A', 0)
    expect(sold.tripId).toBe(tripId)
    await cancel(town, tripId)

    // Who bought needs no proof on the phone that bought.
    await page.goto(await linkTo(town, BUYER))
    await page.waitForURL(/\/choose\//)
    await page.getByText('Seats 2A, 2B are kept for you').waitFor()
    await page.getByText(REASON).waitFor()
    await page.getByText(/Choose before .+, \d\d:\d\d$/).waitFor()
    await page.getByText('If you do not answer, RWF 7,484 goes back to the payer.').waitFor()
    expect(await axeFaultsInBothLooks(page)).toEqual([])
    await shot(page, 'choose-phone-light')
    await page.goto('/tickets')
    await page.getByRole('link', { name: /Please choose/ }).click()
    await page.getByRole('link', { name: 'Back to the ticket' }).click()
    await page.getByRole('link', { name: 'Choose now' }).click()
    await page.getByRole('button', { name: 'Take these seats' }).dblclick()
    await ticket(page)
    expect(page.url()).not.toBe(old)
    await page.goto(old.replace('/ticket/', '/choose/'))
    await page.getByText('You ride on the next bus.').waitFor()
    await page.getByRole('link', { name: 'To the new ticket' }).click()
    await ticket(page)

    const guest = await phone(browser, town.baseUrl)
    await openSent(guest.page, town, GUEST)
    const other = await guest.context.newPage()
    await other.goto(guest.page.url())
    await other.getByRole('button', { name: 'Take this seat' }).waitFor()
    await guest.page.getByRole('button', { name: 'I want the money back' }).click()
    await guest.page.getByRole('button', { name: 'Keep the seats for now' }).click()
    await guest.page.getByRole('button', { name: 'I want the money back' }).click()
    await guest.page.getByRole('button', { name: 'Yes, give me the money back' }).click()
    await guest.page.getByText('You chose the money: RWF 3,742 goes back to the payer.').waitFor()
    await shot(guest.page, 'chosen-phone-light')
    await other.getByRole('button', { name: 'Take this seat' }).click()
    await other.getByText('You chose the money: RWF 3,742 goes back to the payer.').waitFor()
    expect([...faults, ...guest.faults]).toEqual([])
    await Promise.all([context.close(), guest.context.close()])
  })
}

/** The same, too late. Turns the clock on, and so comes last. */
export function lateChoiceStory(stage: () => Stage): void {
  test('a choice that nobody made in time is told to be over, by the server’s clock, and the money goes back', async () => {
    const { town, browser } = stage()
    const { page, context, faults } = await phone(browser, town.baseUrl)
    const { tripId } = await soldBySdk(town, SILENT, '4A', 1)
    await cancel(town, tripId)
    await openSent(page, town, SILENT)
    await town.suite.advance({ hours: 25 })
    await page.getByRole('button', { name: 'Take this seat' }).click()
    await page.getByText('The time to choose is over: RWF 3,742 goes back to the payer.').waitFor()
    await town.suite.runJob('ticketing', 'settle-choices')
    await page.reload()
    await page.getByText('The time to choose is over: RWF 3,742 goes back to the payer.').waitFor()
    expect(faults).toEqual([])
    await context.close()
  })
}

/** A seat on one of the buses of the day after, bought by a guest on another device. */
async function soldBySdk({ suite, town, dayAfter }: PortalTown, typed: string, seat: string, index: number) {
  const device = town.device()
  await device.session.asGuest()
  const text = (value: string) => ({ place: { case: 'text' as const, value } })
  const asked = { origin: text('Kigali'), destination: text('Huye'), serviceDate: dayAfter }
  const { offers } = await device.ticketing.searchTrips(asked)
  const { tripId, origin, destination } = offers[index]!
  const ride = { tripId, fromSequence: origin!.sequence, toSequence: destination!.sequence }
  const held = await holdBySdk(device, ride, e164(typed), { [seat]: 'Chantal Mukamana' })
  await startPaying(device, held, e164(typed))
  await town.sandbox.phone(e164(typed)).nextPrompt(PATIENCE_MS)
  town.sandbox.phone(e164(typed)).approve()
  return paid(() => confirmed(suite, device, held))
}

/** The callback of the provider comes when it comes. */
async function paid(look: () => Promise<Booking>): Promise<Booking> {
  let booking: Booking | undefined
  await expect.poll(async () => (booking = await look().catch(() => undefined)), { timeout: PATIENCE_MS }).toBeDefined()
  return booking!
}

async function cancel({ suite, tenantId }: PortalTown, tripId: string): Promise<void> {
  const manager = suite.client(TimetableService, { userId: id(), tenantId, permissions: ['company.*'] })
  await manager.cancelTrip({ tripId, reason: REASON })
  await suite.settle()
}

/** The link in the message that asks. */
function linkTo({ town: { sandbox } }: PortalTown, typed: string): Promise<string> {
  const asking = /(?:We keep your seats|Twababikiye imyanya).*?(http\S+\/t\/\w+)/
  const links = () => sandbox.messages(e164(typed)).flatMap(({ text }) => asking.exec(text)?.[1] ?? [])
  return sandbox.until(() => links()[0], PATIENCE_MS)
}

/** Opens the link on a phone that has nothing to do with the booking; the number is the proof. */
async function openSent(page: Page, town: PortalTown, typed: string): Promise<void> {
  await page.goto(await linkTo(town, typed))
  await page.getByLabel('Phone number').fill(typed)
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByRole('button', { name: 'Take this seat' }).waitFor()
}
