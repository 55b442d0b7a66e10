import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startMerchant, startTestSandbox } from './testing/merchant.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const env = (ports: Record<string, string>) => ({ ...process.env, SANDBOX_PORT: '0', SANDBOX_SMTP_PORT: '0', ...ports })

test('alone it says where everything is, and leaves by itself with 0 when told to stop', async () => {
  const child = spawn(process.execPath, [MAIN], { env: env({}) })
  const [greeting] = (await once(child.stdout, 'data')) as [Buffer]
  expect(greeting.toString()).toMatch(/virtual phones +http:\/\/127\.0\.0\.1:\d+\/\n[^]*smtp:\/\/127\.0\.0\.1:\d+/)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test.each([
  ['SANDBOX_PORT', 'baseUrl'],
  ['SANDBOX_SMTP_PORT', 'smtpUrl'],
] as const)('a taken port is one sentence that names %s', async (setting, url) => {
  const sandbox = await startTestSandbox()
  const taken = new URL(sandbox[url]).port
  const run = promisify(execFile)(process.execPath, [MAIN], { env: env({ [setting]: taken }) })
  const sentence = `Port ${taken} is taken: stop the program that uses it, or choose another with ${setting}.\n`
  await expect(run).rejects.toMatchObject({ code: 1, stdout: '', stderr: sentence })
  await sandbox.stop()
})

test('it stops at once with prompts open, callbacks waiting and pages watching', async () => {
  const sandbox = await startTestSandbox()
  const merchant = await startMerchant(sandbox)
  sandbox.scenario({ callbackDelayMs: 60_000 })
  await merchant.push()
  sandbox.scenario({ answer: 'manual' })
  await merchant.push()
  const page = await fetch(`${sandbox.baseUrl}/events`)
  await sandbox.stop()
  await expect(page.text()).rejects.toThrow()
  await expect(fetch(sandbox.baseUrl)).rejects.toThrow()
  await merchant.stop()
})

test('a clock and a seed make a run repeatable', async () => {
  const receiptOfARun = async () => {
    const clock = { now: () => new Date('2026-04-29T09:00:00Z') }
    const sandbox = await startTestSandbox({ clock, seed: 42 })
    const merchant = await startMerchant(sandbox)
    await merchant.push()
    await merchant.arrived(1)
    await merchant.stop()
    await sandbox.stop()
    return sandbox.payments()[0]?.outcome?.receipt
  }
  const receipt = await receiptOfARun()
  expect(receipt).toMatch(/^UDT[A-Z0-9]{7}$/)
  expect(await receiptOfARun()).toBe(receipt)
})
