import { json } from '../net/answers.ts'
import type { Answer, Incoming } from '../net/router.ts'
import type { Product } from './access.ts'
import { notFound } from './faults.ts'
import { isHolder } from './movements.ts'
import { accountOf, currencyFor } from './orders.ts'
import type { Momo } from './requests.ts'

/** `GET /{product}/v1_0/account/balance`: collections land in one account, disbursements leave another. */
export function balance(momo: Momo, product: Product, request: Incoming): Answer {
  momo.access.check(product, request.headers)
  const currency = currencyFor(request)
  const { working, utility } = momo.world.accounts.of(accountOf(currency))
  return json(200, { availableBalance: String(product === 'collection' ? working : utility), currency })
}

/** `GET /{product}/v1_0/accountholder/msisdn/{number}/active` */
export function active(momo: Momo, product: Product, request: Incoming): Answer {
  const msisdn = holderIn(momo, product, request)
  return json(200, { result: momo.world.scenarios.of(msisdn).walletActive })
}

/** `GET /{product}/v1_0/accountholder/msisdn/{number}/basicuserinfo`, trimmed to names as in production. */
export function basicUserInfo(momo: Momo, product: Product, request: Incoming): Answer {
  const { name } = momo.world.phones.of(holderIn(momo, product, request))
  const [given_name = '', ...family] = name.split(' ')
  return json(200, { name, given_name, family_name: family.join(' ') })
}

function holderIn(momo: Momo, product: Product, request: Incoming): string {
  momo.access.check(product, request.headers)
  currencyFor(request)
  const msisdn = request.params.msisdn ?? ''
  if (!isHolder(msisdn)) throw notFound()
  return msisdn
}
