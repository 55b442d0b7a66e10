import type { Answer } from '../net/router.ts'
import type { Phone } from '../world/phones.ts'
import { creditRefusal } from '../world/wallet.ts'
import type { World } from '../world/world.ts'
import type { Daraja } from './daraja.ts'
import { DarajaError } from './errors.ts'
import { type Body, matching, oneOf, payerIn, present, remarksIn, shortCodeIn, textOf } from './fields.ts'
import { dottedTime } from './ids.ts'
import { recordMovement } from './ledger.ts'
import { failed, type OperationOutcome, runOperation } from './operations.ts'
import { refusalCodes, type ResultCode } from './result_codes.ts'

const MIN_PAYOUT = 10
const MAX_PAYOUT = 250_000

/** `POST /mpesa/b2c/v3/paymentrequest`: idempotent on the id that the merchant chose. */
export function b2cV3(daraja: Daraja, body: Body): Answer {
  const originatorId = present(body, 'OriginatorConversationID')
  if (daraja.originators.has(originatorId)) throw new DarajaError('500.002.1001', 'Duplicate OriginatorConversationID.')
  return payOut(daraja, body, originatorId)
}

/** `POST /mpesa/b2c/v1/paymentrequest`: the same without an id, so that a retry pays twice. */
export const b2cV1 = (daraja: Daraja, body: Body): Answer => payOut(daraja, body)

function payOut(daraja: Daraja, body: Body, originatorId?: string): Answer {
  const { world } = daraja
  oneOf(body, 'CommandID', ['BusinessPayment', 'SalaryPayment', 'PromotionPayment'])
  const payout = {
    amount: Number(matching(body, 'Amount', /^\d{1,9}$/)),
    shortCode: shortCodeIn(body, 'PartyA'),
    msisdn: payerIn(body, 'PartyB', world.settings.countries),
    remarks: remarksIn(body),
    occasion: textOf(body, 'Occassion'),
  }
  const perform = (conversationId: string) => transfer(daraja, conversationId, payout)
  const operation = { initiatorField: 'InitiatorName', msisdn: payout.msisdn, movesMoney: true, perform } as const
  return runOperation(daraja, body, operation, originatorId)
}

type Payout = { amount: number; shortCode: string; msisdn: string; remarks: string; occasion: string }

function transfer({ world }: Daraja, conversationId: string, payout: Payout): OperationOutcome {
  const phone = world.phones.of(payout.msisdn)
  const account = world.accounts.of(payout.shortCode)
  const full = creditRefusal(world, phone, payout.amount)
  const refused = payoutRefusal(payout, account.utility) ?? (full && refusalCodes[full])
  if (refused) return failed(refused)
  account.utility -= payout.amount
  phone.balance += payout.amount
  const receipt = recordMovement(world, {
    id: conversationId,
    kind: 'b2c',
    msisdn: payout.msisdn,
    amount: payout.amount,
    shortCode: payout.shortCode,
    reference: payout.occasion,
    description: payout.remarks,
  })
  return { code: '0', transactionId: receipt, parameters: parametersOf(world, payout, phone, receipt) }
}

function payoutRefusal(payout: Payout, utility: number): ResultCode | undefined {
  if (payout.amount < MIN_PAYOUT) return '2'
  if (payout.amount > MAX_PAYOUT) return '3'
  return utility < payout.amount ? '1' : undefined
}

function parametersOf(world: World, payout: Payout, phone: Phone, receipt: string) {
  const account = world.accounts.of(payout.shortCode)
  return [
    ['TransactionAmount', payout.amount],
    ['TransactionReceipt', receipt],
    ['ReceiverPartyPublicName', `${payout.msisdn} - ${phone.name.toUpperCase()}`],
    ['TransactionCompletedDateTime', dottedTime(world.clock.now())],
    ['B2CUtilityAccountAvailableFunds', account.utility],
    ['B2CWorkingAccountAvailableFunds', account.working],
    ['B2CRecipientIsRegisteredCustomer', 'Y'],
    ['B2CChargesPaidAccountAvailableFunds', 0],
  ] as const
}
