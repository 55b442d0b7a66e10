import { createHash } from 'node:crypto'
import { json } from '../net/answers.ts'
import type { Answer } from '../net/router.ts'
import { countryOf } from '../world/countries.ts'
import type { Payment } from '../world/payments.ts'
import { debit, debitRefusal } from '../world/wallet.ts'
import type { C2bUrls, Daraja } from './daraja.ts'
import { amountIn, type Body, oneOf, payerIn, shortCodeIn, textOf } from './fields.ts'
import { compactTime, merchantRequestId } from './ids.ts'
import { businessOf } from './business.ts'
import { newReceipt } from './ledger.ts'
import { refusalCodes, resultDescription } from './result_codes.ts'

/** `POST /mpesa/c2b/v1|v2/simulate`: a customer pays by hand, from the phone's own menu. */
export function c2bSimulate(daraja: Daraja, body: Body): Answer {
  const { world } = daraja
  const shortCode = shortCodeIn(body, 'ShortCode')
  const command = oneOf(body, 'CommandID', ['CustomerPayBillOnline', 'CustomerBuyGoodsOnline'])
  const msisdn = payerIn(body, 'Msisdn', world.settings.countries)
  const payment: Payment = {
    id: merchantRequestId(world.random),
    wallet: 'M-PESA',
    kind: 'c2b',
    msisdn,
    amount: amountIn(body),
    currency: countryOf(msisdn).currency,
    shortCode,
    business: businessOf(world, shortCode)?.name ?? shortCode,
    reference: command === 'CustomerPayBillOnline' ? textOf(body, 'BillRefNumber') : '',
    description: command === 'CustomerPayBillOnline' ? 'Pay Bill' : 'Buy Goods',
    createTime: world.clock.now(),
    deliveries: [],
  }
  world.timers.after(0, () => void payByHand(daraja, payment))
  return json(200, {
    OriginatorCoversationID: payment.id,
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
  })
}

async function payByHand(daraja: Daraja, payment: Payment): Promise<void> {
  const { world } = daraja
  const urls = daraja.c2bUrls.get(payment.shortCode)
  const phone = world.phones.of(payment.msisdn)
  const receipt = newReceipt(world)
  world.payments.add(payment)
  world.phones.keepPayment(payment)
  const verdict = await validate(daraja, payment, receipt, urls)
  const poor = debitRefusal(world, phone, payment.amount)
  const refused = poor ? refusalCodes[poor] : verdict.accepted ? undefined : '1032'
  if (!refused) debit(world, phone, payment.amount, payment.shortCode)
  const code = refused ?? '0'
  world.payments.settle(
    payment,
    { code, text: resultDescription(code) },
    world.clock.now(),
    refused ? undefined : receipt,
  )
  world.changes.tell({ msisdn: payment.msisdn })
  if (refused || !urls) return
  const body = notification(daraja, payment, receipt, urls, verdict.thirdPartyTransId)
  await daraja.deliveries.deliver({ msisdn: payment.msisdn, url: urls.confirmationUrl, body, payment })
}

type Verdict = { readonly accepted: boolean; readonly thirdPartyTransId: string }

/** Asks the business first, when the scenario has validation switched on; by default Safaricom leaves it off. */
async function validate(daraja: Daraja, payment: Payment, receipt: string, urls?: C2bUrls): Promise<Verdict> {
  const unasked = { accepted: true, thirdPartyTransId: '' }
  if (!urls || !daraja.world.scenarios.of(payment.msisdn).c2bValidation) return unasked
  const body = notification(daraja, payment, receipt, urls)
  const { result, body: reply } = await daraja.world.poster.post(urls.validationUrl, 'application/json', body)
  if (result !== 200) return { ...unasked, accepted: urls.responseType === 'Completed' }
  return verdictIn(reply)
}

function verdictIn(reply: string): Verdict {
  try {
    const { ResultCode, ThirdPartyTransID } = JSON.parse(reply) as Record<string, unknown>
    const thirdPartyTransId = typeof ThirdPartyTransID === 'string' ? ThirdPartyTransID : ''
    return { accepted: String(ResultCode) === '0', thirdPartyTransId }
  } catch {
    return { accepted: false, thirdPartyTransId: '' }
  }
}

/** The body of validation (without a balance) and confirmation: every scalar a string, the number never in clear. */
function notification(
  daraja: Daraja,
  payment: Payment,
  receipt: string,
  urls: C2bUrls,
  thirdPartyTransId?: string,
): string {
  const { world } = daraja
  const [firstName = '', ...otherNames] = world.phones.of(payment.msisdn).name.split(' ')
  const confirmed = thirdPartyTransId !== undefined
  return JSON.stringify({
    TransactionType: payment.description,
    TransID: receipt,
    TransTime: compactTime(payment.createTime),
    TransAmount: payment.amount.toFixed(2),
    BusinessShortCode: payment.shortCode,
    BillRefNumber: payment.reference,
    InvoiceNumber: '',
    OrgAccountBalance: confirmed ? world.accounts.of(payment.shortCode).working.toFixed(2) : '',
    ThirdPartyTransID: thirdPartyTransId ?? '',
    MSISDN: hiddenNumber(payment.msisdn, urls.version),
    FirstName: firstName,
    MiddleName: '',
    LastName: otherNames.join(' '),
  })
}

/** Version 1 sends a hash, version 2 a mask: neither is a phone number. */
function hiddenNumber(msisdn: string, version: C2bUrls['version']): string {
  if (version === 'v1') return createHash('sha256').update(msisdn).digest('hex')
  return `${msisdn.slice(0, 4)} ***** ${msisdn.slice(-3)}`
}
