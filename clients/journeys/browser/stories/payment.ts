import { fromBinary } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { ConfirmPaymentIntentRequestSchema } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { type Page, phone, ready, shot } from '../testing/chromium.ts'
import {
  approve,
  choose,
  decline,
  goOn,
  hold,
  holdSeats,
  openTrip,
  payButton,
  press,
  search,
  ticket,
} from '../testing/passenger.ts'
import type { Stage } from './stage.ts'

/** Payments that do not go as one would wish. */
export function paymentStories(stage: () => Stage): void {
  test('a payment outlives a lost answer, its tab, a reload and its network, under one key, and is charged once; its ticket is shown without a network, also after the browser was closed [S2-102]', async () => {
    const { town, browser } = stage()
    const { page, context } = await phone(browser, town.baseUrl)
    await page.addInitScript(loseTheFirstAnswer)
    await holdSeats(page, town, 2, '0788 500 005', '3A')
    await press(page)
    await expect.poll(async () => (await keysOf(page)).length).toBeGreaterThan(1)
    const keys = await keysOf(page)
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    const url = page.url()
    await page.close()
    const reopened = await context.newPage()
    await reopened.goto(url)
    await reopened.getByText('Look at your phone').waitFor()
    await reopened.reload()
    await reopened.getByText('Look at your phone').waitFor()
    await context.setOffline(true)
    await reopened.getByText('No network.').waitFor()
    await approve(town, '+250788500005')
    await context.setOffline(false)
    await ticket(reopened)
    expect(town.town.sandbox.phone('+250788500005').payments()).toHaveLength(1)

    await reopened.getByText('Saved on this phone').waitFor()
    const kept = reopened.url()
    await reopened.close()
    await context.setOffline(true)
    const later = await context.newPage()
    await later.goto(kept)
    await ticket(later)
    await later.goto('/tickets')
    await later.getByRole('link', { name: /Kigali → Huye/ }).click()
    await ticket(later)
    await context.close()
  })

  test('a declined payment says so; PayPal, given up on its page, leaves the seats; approved there, it is charged once at the amount that was shown; scripts in names stay text', async () => {
    const { town, browser } = stage()
    const { paypal } = town.town.sandbox
    const { page, context, faults } = await phone(browser, town.baseUrl)
    const evil = '</script><img src=x onerror=document.title="owned">'
    await search(page, town)
    await openTrip(page, 2)
    await choose(page, '3C')
    await goOn(page)
    await hold(page, '0788 500 007', evil)
    await press(page)
    await decline(town, '+250788500007')
    await page.getByText('It was declined on the phone. Nothing was charged.').waitFor()
    await shot(page, 'declined-phone-light')

    const before = paypal.totals()['USD']?.captured ?? 0
    await leaveForPayPal(page)
    await page.getByRole('button', { name: 'Cancel and return' }).click()
    await page.waitForURL(/\/pay\//)
    await payButton(page).waitFor()
    await leaveForPayPal(page)
    await page.goBack()
    await page.getByRole('link', { name: 'Go to PayPal' }).click()
    await page.getByRole('button', { name: 'Approve' }).click()
    await ticket(page)
    // RWF 3,742 at 0.0007 and 2 % on top, rounded up.
    expect((paypal.totals()['USD']?.captured ?? 0) - before).toBe(268)
    expect(await page.getByText(evil).count()).toBe(1)
    expect(await page.title()).not.toBe('owned')
    await page.goto(`/search?from=${encodeURIComponent(evil)}&to=${encodeURIComponent(evil)}&date=${town.date}`)
    await page.getByText('onerror').first().waitFor()
    expect(faults).toEqual([])
    await context.close()
  })

  test('a language that is changed in mid-flow, and the way back and forth, keep the seats, the names and the booking', async () => {
    const { town, browser } = stage()
    const { page, context } = await phone(browser, town.baseUrl)
    await search(page, town)
    await openTrip(page, 2)
    await choose(page, '4A')
    await speak(page, 'Ikinyarwanda')
    await page.getByRole('heading', { name: 'Hitamo umwanya wawe' }).waitFor()
    await page.locator('[data-seat="4A"][aria-pressed="true"]').waitFor()
    await page.getByRole('button', { name: 'Komeza' }).click()
    await page.getByLabel('Amazina yose').fill('Jean Bosco')
    await page.getByLabel('Nimero ya telefone').fill('0788500008')
    await page.getByRole('button', { name: 'Mbikira imyanya nishyure' }).click()
    await page.waitForURL(/\/rw\/pay\//)
    const booking = page.url()
    await page.goBack()
    await page.getByLabel('Amazina yose').waitFor()
    await page.goBack()
    await page.locator('[data-seat="4A"][aria-pressed="true"]').waitFor()
    await page.goForward()
    await expect.poll(() => page.getByLabel('Amazina yose').inputValue()).toBe('Jean Bosco')
    await page.getByRole('button', { name: 'Mbikira imyanya nishyure' }).click()
    await page.waitForURL(booking)
    await speak(page, 'Français')
    await page.getByRole('button', { name: /^Payer RWF/ }).waitFor()
    expect(page.url()).toBe(booking.replace('/rw/', '/fr/'))
    await context.close()
  })
}

/** Chooses PayPal, reads what it will charge, and comes to its page. */
async function leaveForPayPal(page: Page): Promise<void> {
  await page.getByRole('radio', { name: 'PayPal' }).check()
  await page.getByText('PayPal charges USD 2.68 for RWF 3,742.').waitFor()
  await payButton(page).click()
  await page.waitForURL(/\/paypal\/checkoutnow/)
}

async function speak(page: Page, language: string): Promise<void> {
  await page
    .locator('summary')
    .filter({ hasText: /Language|Ururimi/ })
    .click()
  await page.getByRole('link', { name: language }).click()
  await ready(page)
}

type Sent = { sentPayments?: number[][] }

/** Runs in the page: keeps what is sent to pay, and loses the answer to the first of it after it has had its effect. */
function loseTheFirstAnswer(): void {
  const sent: number[][] = []
  ;(globalThis as Sent).sentPayments = sent
  const original = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const answer = await original(input, init)
    if (!answer.url.endsWith('/ConfirmPaymentIntent')) return answer
    sent.push([...new Uint8Array(await (init?.body as Blob).arrayBuffer())])
    if (sent.length === 1) throw new TypeError('Failed to fetch')
    return answer
  }
}

/** The keys under which a page has asked for payments. */
async function keysOf(page: Page): Promise<string[]> {
  const sent = await page.evaluate(() => (globalThis as Sent).sentPayments ?? [])
  return sent.map((bytes) => fromBinary(ConfirmPaymentIntentRequestSchema, Uint8Array.from(bytes)).idempotencyKey)
}
