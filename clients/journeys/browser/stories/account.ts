import { expect, test } from 'vitest'
import { axeFaults, type Page, phone, ready, shot } from '../testing/chromium.ts'
import { approve, holdSeats, press, ticket } from '../testing/passenger.ts'
import type { PortalTown } from '../testing/town.ts'
import type { Stage } from './stage.ts'

const NUMBER = '0788 500 031'
const E164 = '+250788500031'
const PASSWORD = 'umusambi-w-umutuku'

/** Signing up, in and out. */
export function accountStories(stage: () => Stage): void {
  test('a guest who signs up keeps what was bought, and finds it after signing in with the password elsewhere [S2-20][S2-62][S2-63]', async () => {
    const { town, browser } = stage()
    const { page, context, faults } = await phone(browser, town.baseUrl)
    await holdSeats(page, town, 1, NUMBER, '7A')
    await press(page)
    await approve(town, E164)
    await ticket(page)
    await signUp(page, town)
    await page.getByLabel('Your name').fill('Aline Uwase Keza')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await shot(page, 'account-phone-light')
    expect(faults).toEqual([])

    const other = await phone(browser, town.baseUrl)
    await enterByPassword(other.page, 'not-the-password')
    await other.page.getByText('Number or password is wrong.').waitFor()
    expect(await axeFaults(other.page)).toEqual([])
    await enter(other.page, PASSWORD)
    await expectName(other.page, 'Aline Uwase Keza')
    await other.page.goto('/tickets')
    await other.page.getByRole('link', { name: /Kigali → Huye/ }).click()
    await ticket(other.page)
    await Promise.all([context.close(), other.context.close()])
  })

  test('a session is renewed in the background; signing out everywhere ends it on every device; a forgotten password is replaced by a code; signing out takes the tickets along', async () => {
    const { town, browser } = stage()
    const [here, there] = await Promise.all([phone(browser, town.baseUrl), phone(browser, town.baseUrl)])
    await enterByPassword(here.page)
    await town.suite.advance({ minutes: 2 }) // so long lies between two codes
    await enterByCode(there.page, town)
    await there.page.goto('/tickets')
    await there.page.getByRole('link', { name: /Kigali → Huye/ }).click()
    await ticket(there.page)
    // The access token has run out at the servers; nobody is asked to sign in again.
    await town.suite.advance({ minutes: 11 })
    await here.page.goto('/account')
    await expectName(here.page, 'Aline Uwase Keza')
    await here.page.getByRole('button', { name: 'Sign out on every device' }).click()
    await here.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await there.page.goto('/account')
    await there.page.getByRole('heading', { name: 'Sign in' }).waitFor()

    await town.suite.advance({ minutes: 2 })
    await forgetPassword(there.page, town)
    await enterByPassword(here.page)
    await here.page.getByText('Number or password is wrong.').waitFor()
    await there.page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await there.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    const left = await there.page.evaluate(async () => [...Object.keys(localStorage), ...(await caches.keys())])
    expect(left.filter((name) => /ticket|draft|traveller|session|page:/.test(name))).toEqual([])
    await Promise.all([here.context.close(), there.context.close()])
  })
}

async function signUp(page: Page, town: PortalTown): Promise<void> {
  await page.goto('/account?way=sign-up')
  await ready(page)
  await page.getByRole('button', { name: 'Make an account' }).click()
  await page.getByText('Write your name').waitFor()
  await page.getByLabel('Your name').fill('Aline Uwase')
  await page.getByLabel('Phone number').fill(NUMBER)
  await page.getByLabel('Password').fill(PASSWORD)
  const code = nextCode(town)
  await page.getByRole('button', { name: 'Make an account' }).click()
  await page.getByLabel('Code from the SMS').fill('000000')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('This is not the code.').waitFor()
  await page.getByLabel('Code from the SMS').fill(await code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expectName(page, 'Aline Uwase')
}

async function enter(page: Page, password: string): Promise<void> {
  await page.getByLabel('Phone number').fill(NUMBER)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function enterByPassword(page: Page, password = PASSWORD): Promise<void> {
  await page.goto('/account?way=password')
  await ready(page)
  await enter(page, password)
}

async function enterByCode(page: Page, town: PortalTown): Promise<void> {
  await page.goto('/account')
  await ready(page)
  await page.getByLabel('Phone number').fill(NUMBER)
  const code = nextCode(town)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('Code from the SMS').fill(await code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Save' }).waitFor()
}

const NEW_PASSWORD = 'inyange-y-umweru-2026'

/** Chooses another password by a code, which signs in. */
async function forgetPassword(page: Page, town: PortalTown): Promise<void> {
  await page.goto('/account?way=password')
  await ready(page)
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
  await page.getByLabel('Phone number').fill(NUMBER)
  const code = nextCode(town)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('Code from the SMS').fill(await code)
  await page.getByLabel('Password').fill(NEW_PASSWORD)
  await page.getByRole('button', { name: 'Save the password and sign in' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).waitFor()
}

const PATIENCE_MS = 20_000

/** The code of the next SMS that has one. */
function nextCode({ town: { sandbox } }: PortalTown): Promise<string> {
  const codes = () => sandbox.messages(E164).flatMap(({ text }) => /\b\d{6}\b/.exec(text)?.[0] ?? [])
  const before = codes().length
  return sandbox.until(() => (codes().length > before ? codes()[0] : undefined), PATIENCE_MS)
}

async function expectName(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Save' }).waitFor()
  await expect.poll(() => page.getByLabel('Your name').inputValue(), { timeout: PATIENCE_MS }).toBe(name)
}
