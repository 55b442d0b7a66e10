import type { Answer, Incoming } from '../net/router.ts'
import { accountOf, type Airtel, marketIn } from './airtel.ts'
import { AirtelError, answer } from './envelope.ts'

/** `GET /standard/v1/users/balance`: texts, with commas at the thousands. */
export function balance({ world }: Airtel, { headers, query }: Incoming): Answer {
  const { currency } = marketIn(headers)
  const { working, utility } = world.accounts.of(accountOf(currency))
  const amount = query.get('type') === 'DISB' ? utility : working
  const text = amount.toLocaleString('en', { minimumFractionDigits: 2 })
  return answer('DP02100000001', { balance: text, currency, account_status: 'Active' })
}

/** `GET /standard/v1/users/{msisdn}` */
export function user({ world }: Airtel, { headers, params }: Incoming): Answer {
  const { dialling, block } = marketIn(headers)
  const number = params.msisdn ?? ''
  if (!/^[1-9]\d{8}$/.test(number) || !block.test(number)) throw new AirtelError(400, 'DP02200000002')
  const msisdn = dialling + number
  const [first_name = '', ...family] = world.phones.of(msisdn).name.split(' ')
  return answer('DP02200000001', {
    first_name,
    last_name: family.join(' '),
    msisdn: number,
    grade: 'SUBS',
    is_barred: !world.scenarios.of(msisdn).walletActive,
    is_pin_set: true,
    registration: { status: 'SUBS' },
  })
}
