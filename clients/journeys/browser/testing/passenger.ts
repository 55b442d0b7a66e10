import type { PortalTown } from './town.ts'
import { type Page, ready } from './chromium.ts'

/** Opens the list of buses of a day. */
export async function search(page: Page, { date }: PortalTown, prefix = ''): Promise<void> {
  await page.goto(`${prefix}/search?from=Kigali&to=Huye&date=${date}`)
  await ready(page)
}

/** Opens the seats of one of the buses found. */
export async function openTrip(page: Page, index = 0): Promise<void> {
  await page.locator('a[href*="/trip/"]').nth(index).click()
  await page.locator('[data-seat]').first().waitFor()
}

/** Chooses seats by touch. */
export async function choose(page: Page, ...seats: readonly string[]): Promise<void> {
  for (const seat of seats) await page.locator(`[data-seat="${seat}"]`).click()
}

/** From the seats to the page that asks for the names. */
export async function goOn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Full name').first().waitFor()
}

/** Names passengers and a phone, and has the seats kept. */
export async function hold(page: Page, phone: string, ...names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries()) await page.getByLabel('Full name').nth(index).fill(name)
  await page.getByLabel('Phone number').fill(phone)
  await page.getByRole('button', { name: 'Keep my seats and pay' }).click()
}

/** As far as the page on which one pays. */
export async function holdSeats(page: Page, town: PortalTown, index: number, phone: string, ...seats: string[]) {
  await search(page, town)
  await openTrip(page, index)
  await choose(page, ...seats)
  await goOn(page)
  await hold(page, phone, ...seats.map((seat) => `Passenger ${seat}`))
  await payButton(page).waitFor()
}

export const payButton = (page: Page) => page.getByRole('button', { name: /^Pay RWF/ })

/** Pays by M-Pesa until the phone asks for the PIN. */
export async function press(page: Page, method = 'M-Pesa'): Promise<void> {
  await page.getByRole('radio', { name: method }).check()
  await payButton(page).click()
  await page.getByText('Look at your phone').waitFor()
}

/** On a machine that does much else. */
const PATIENCE_MS = 20_000

/** The person with the phone types the PIN. */
export async function approve({ town }: PortalTown, phone: string): Promise<void> {
  const owner = town.sandbox.phone(phone)
  await owner.nextPrompt(PATIENCE_MS)
  owner.approve()
}

/** The person with the phone presses cancel. */
export async function decline({ town }: PortalTown, phone: string): Promise<void> {
  const owner = town.sandbox.phone(phone)
  await owner.nextPrompt(PATIENCE_MS)
  owner.decline()
}

/** Waits for the ticket and its code. */
export async function ticket(page: Page) {
  await page.waitForURL(/\/ticket\//)
  const code = page.getByRole('img', { name: /^QR code/ }).first()
  await code.waitFor()
  return code
}
