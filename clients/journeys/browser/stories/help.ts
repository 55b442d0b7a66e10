import { expect, test } from 'vitest'
import { axeFaults, phone, ready, shot } from '../testing/chromium.ts'
import type { Stage } from './stage.ts'

/** Asking in one's own words. */
export function helpStories(stage: () => Stage): void {
  test('a sentence, written or spoken, finds trips with buttons to book them, on every page [S2-65][S2-66][S2-99]', async () => {
    const { town, browser } = stage()
    const { page, context, faults } = await phone(browser, town.baseUrl)
    await page.addInitScript(() => {
      // The browser's ears, which hear one sentence.
      const said = { results: [[{ transcript: 'Nyanza' }]] }
      class Ears {
        onresult?: (event: typeof said) => void
        onend?: () => void
        start(): void {
          setTimeout(() => {
            this.onresult?.(said)
            this.onend?.()
          })
        }
      }
      Object.assign(globalThis, { SpeechRecognition: Ears, webkitSpeechRecognition: Ears })
    })
    await page.goto('/tickets')
    await ready(page)
    await page.getByRole('button', { name: 'Ask for help' }).click()
    const panel = page.getByRole('region', { name: 'Help' })
    await panel.getByLabel('Your question').fill('find me a bus from Kigali to Butare tomorrow morning')
    await panel.getByRole('button', { name: 'Ask' }).click()
    await panel
      .getByRole('link', { name: /^Choose seat/ })
      .first()
      .waitFor()
    expect(await axeFaults(page)).toEqual([])
    await shot(page, 'help-phone-light')

    await panel.getByLabel('Your question').fill('a bus to Huye tomorrow')
    await panel.getByRole('button', { name: 'Ask' }).click()
    await panel.getByText('And from where to', { exact: false }).waitFor()
    await panel.getByRole('button', { name: 'Say it' }).click()
    await panel.getByText(/^\d+ from Nyanza to/).waitFor()
    await panel
      .getByRole('link', { name: /^Choose seat/ })
      .last()
      .click()
    await page.locator('[data-seat]').first().waitFor()
    expect(faults).toEqual([])
    await context.close()
  })
}
