import type { Answer, Incoming } from '../net/router.ts'
import { creditRefusal } from '../world/wallet.ts'
import type { World } from '../world/world.ts'
import {
  type Airtel,
  amountIn,
  bodyOf,
  idIn,
  marketIn,
  msisdnIn,
  newMoneyId,
  newTransaction,
  textIn,
  type Transaction,
  within,
} from './airtel.ts'
import { type DisbursementCode, describe } from './codes.ts'
import { shown } from './collections.ts'
import { AirtelError, answer } from './envelope.ts'

/** What Airtel is not sure of, though the money has moved. */
const unsure = new Set<string>(['DP00900001000', 'DP00900001006'])

/** `POST /standard/v1/disbursements/`: sends money to a wallet, and says at once how that went. */
export function disburse(airtel: Airtel, request: Incoming): Answer {
  const { world } = airtel
  const market = marketIn(request.headers)
  const body = bodyOf(request)
  checkPin(airtel, textIn(body, 'pin'))
  const wanted = within(body, 'transaction')
  const id = idIn(wanted)
  const msisdn = msisdnIn(within(body, 'payee'), market)
  if (airtel.transactions.has(`disbursement ${id}`)) throw new AirtelError(400, 'DP00900001017')
  const transaction = newTransaction(airtel, 'disbursement', {
    id,
    msisdn,
    amount: amountIn(wanted),
    currency: market.currency,
    reference: textIn(body, 'reference'),
  })
  const said = settle(world, transaction)
  world.payments.add(transaction.payment)
  const { code, airtelMoneyId, status } = transaction
  world.payments.settle(transaction.payment, { code, text: describe(code) }, world.clock.now(), airtelMoneyId)
  world.phones.keepPayment(transaction.payment)
  world.changes.tell({ msisdn })
  const sure = said === code
  return answer(said, {
    transaction: {
      reference_id: `18*****${world.random.text('0123456789', 3)}`,
      ...(sure && airtelMoneyId !== undefined && { airtel_money_id: airtelMoneyId }),
      id,
      status: sure ? status : said === 'DP00900001006' ? 'TIP' : 'TA',
    },
  })
}

/** Moves the money as far as scenario and accounts allow. Returns what is said about it now. */
function settle(world: World, transaction: Transaction): DisbursementCode {
  const { payment } = transaction
  const { airtelPayoutCode } = world.scenarios.of(payment.msisdn)
  const end = (code: DisbursementCode) => {
    transaction.code = code
    return code
  }
  if (airtelPayoutCode === 'DP00900001014') {
    end('DP00900001005')
    return airtelPayoutCode
  }
  if (airtelPayoutCode !== 'none' && airtelPayoutCode !== 'DP00900001001' && !unsure.has(airtelPayoutCode))
    return end(airtelPayoutCode)
  const account = world.accounts.of(payment.shortCode)
  const phone = world.phones.of(payment.msisdn)
  if (account.utility < payment.amount) return end('DP00900001007')
  if (creditRefusal(world, phone, payment.amount)) return end('DP00900001003')
  account.utility -= payment.amount
  phone.balance += payment.amount
  transaction.status = 'TS'
  transaction.airtelMoneyId = newMoneyId(world, 'disburs-')
  end('DP00900001001')
  if (airtelPayoutCode === 'none' || !unsure.has(airtelPayoutCode)) return 'DP00900001001'
  transaction.ambiguous = airtelPayoutCode === 'DP00900001000'
  return airtelPayoutCode
}

function checkPin({ keys, world }: Airtel, sealed: string): void {
  const pin = keys.openPin(sealed)
  if (pin === undefined || !/^\d{4}$/.test(pin)) throw new AirtelError(400, 'ROUTER116')
  if (pin !== world.settings.airtel.pin) throw new AirtelError(400, 'ROUTER115')
}

/** `GET /standard/v1/disbursements/{id}` */
export function enquireDisbursement(airtel: Airtel, request: Incoming): Answer {
  marketIn(request.headers)
  const found = airtel.transactions.get(`disbursement ${request.params.id ?? ''}`)
  if (!found) throw new AirtelError(400, 'DP00900001015')
  return shown(airtel.world, found, 'DP00900001000', 'DP00900001006')
}
