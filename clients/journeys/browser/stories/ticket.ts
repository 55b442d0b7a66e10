import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { importTicketKeys, readTicket } from '../../../sdk/src/tickets/index.ts'
import { scan } from '../../testing/world/scanner.ts'
import { axeFaults, type Page, phone, shot } from '../testing/chromium.ts'
import { approve, choose, holdSeats, press, ticket } from '../testing/passenger.ts'
import type { Stage } from './stage.ts'

/** What can be done with a ticket that was bought. */
export function ticketStories(stage: () => Stage): void {
  test('a ticket is taken along as image, PDF and calendar entry; changed to another bus or cancelled, it says before what that costs [S2-68][S2-69]', async () => {
    const { town, browser } = stage()
    const { page, context, faults } = await phone(browser, town.baseUrl)
    await holdSeats(page, town, 1, '0788 500 041', '6C', '6D')
    await press(page)
    await approve(town, '+250788500041')
    await ticket(page)
    await page.getByRole('heading', { name: 'Receipt' }).waitFor()
    await page.getByText('M-Pesa').waitFor()

    const pdf = (await saved(page, 'PDF')).toString('latin1')
    expect(pdf.startsWith('%PDF-1.4')).toBe(true)
    expect(pdf).toContain('/Count 2')
    expect((await saved(page, 'Add to calendar')).toString()).toContain('SUMMARY:')
    const { keys } = await town.suite.client(QrService).listVerificationKeys({})
    const picture = await saved(page, 'Image') // of the first passenger; the other follows
    const read = await readTicket(scan(picture), await importTicketKeys(keys))
    expect(read).toMatchObject({ result: 'GENUINE', ticket: { passengerName: 'Passenger 6C', seatLabel: '6C' } })

    const first = page.url()
    await page.getByRole('link', { name: 'Change this booking' }).click()
    await page.locator('a[href*="change="]').nth(3).click()
    await choose(page, '6C')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Choose as many seats as there are passengers.').waitFor()
    await page.goBack()
    await choose(page, '6D')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Fee for the change').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Change now' }).click()
    await ticket(page)
    expect(page.url()).not.toBe(first)
    const changed = page.url()
    await page.goto(first)
    await page.getByRole('link', { name: 'To the new ticket' }).click()
    await page.waitForURL(changed)

    await page.getByRole('button', { name: 'Cancel this booking' }).click()
    await page.getByText(/^RWF 7,484 goes back to the payer, RWF 0 is kept/).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await shot(page, 'cancel-phone-light')
    await page.getByRole('button', { name: 'Keep my ticket' }).click()
    await page.getByRole('button', { name: 'Cancel this booking' }).click()
    await page.getByRole('button', { name: 'Yes, cancel' }).click()
    await page.getByRole('heading', { name: 'This booking is cancelled.' }).waitFor()
    await page.getByText(/^RWF 7,484 (goes|went) back/).waitFor()
    expect(faults).toEqual([])
    await context.close()
  })
}

/** Presses a button, and reads the first file that it hands over. */
async function saved(page: Page, button: string): Promise<Buffer> {
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: button }).click()
  return readFileSync(await (await coming).path())
}
