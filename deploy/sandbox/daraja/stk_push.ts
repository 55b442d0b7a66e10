import { json } from '../net/answers.ts'
import type { Answer } from '../net/router.ts'
import { countryOf } from '../world/countries.ts'
import type { PushPayment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import { authenticatedBusiness } from './business.ts'
import type { Daraja } from './daraja.ts'
import { invalid } from './errors.ts'
import { amountIn, type Body, oneOf, payerIn, present, shortCodeIn, textOf, urlIn } from './fields.ts'
import { checkoutRequestId, merchantRequestId } from './ids.ts'
import { ring } from './prompts.ts'

/** `POST /mpesa/stkpush/v1/processrequest`: asks a phone's owner to pay. */
export async function stkPush(daraja: Daraja, body: Body): Promise<Answer> {
  const payment = pushIn(daraja.world, body)
  await ring(daraja, payment)
  return json(200, {
    MerchantRequestID: payment.push.merchantRequestId,
    CheckoutRequestID: payment.id,
    ResponseCode: '0',
    ResponseDescription: 'Success. Request accepted for processing',
    CustomerMessage: 'Success. Request accepted for processing',
  })
}

function pushIn(world: World, body: Body): PushPayment {
  const business = authenticatedBusiness(world, body)
  const transactionType = oneOf(body, 'TransactionType', ['CustomerPayBillOnline', 'CustomerBuyGoodsOnline'])
  const amount = amountIn(body)
  payerIn(body, 'PartyA', world.settings.countries)
  const partyB = shortCodeIn(body, 'PartyB')
  const msisdn = payerIn(body, 'PhoneNumber', world.settings.countries)
  const callbackUrl = urlIn(body, 'CallBackURL')
  const reference = present(body, 'AccountReference')
  const createTime = world.clock.now()
  return {
    id: newCheckoutRequestId(world, msisdn, createTime),
    wallet: 'M-PESA',
    kind: 'stk-push',
    msisdn,
    amount,
    currency: countryOf(msisdn).currency,
    shortCode: business.shortCode,
    business: business.name,
    reference,
    description: descriptionIn(body),
    createTime,
    push: {
      merchantRequestId: merchantRequestId(world.random),
      callbackUrl,
      partyB,
      transactionType,
      known: false,
      polls: 0,
    },
    deliveries: [],
  }
}

/** The documentation calls it optional; without it the real API answers "Invalid Remarks". */
function descriptionIn(body: Body): string {
  const description = textOf(body, 'TransactionDesc')
  if (!description) throw invalid('Remarks')
  return description
}

/** The id is made of the millisecond and the number: a second push within the same millisecond takes the next one. */
function newCheckoutRequestId(world: World, msisdn: string, now: Date): string {
  for (let ms = now.getTime(); ; ms++) {
    const id = checkoutRequestId(new Date(ms), msisdn)
    if (!world.payments.find(id)) return id
  }
}
