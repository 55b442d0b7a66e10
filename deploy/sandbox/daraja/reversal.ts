import type { Answer } from '../net/router.ts'
import type { Payment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import type { Daraja } from './daraja.ts'
import { amountIn, type Body, oneOf, present, remarksIn, shortCodeIn } from './fields.ts'
import { compactTime } from './ids.ts'
import { recordMovement } from './ledger.ts'
import { failed, type OperationOutcome, runOperation } from './operations.ts'

/** `POST /mpesa/reversal/v1/request`: gives a payment back, wholly or in part, once. */
export function reverse(daraja: Daraja, body: Body): Answer {
  const { world } = daraja
  oneOf(body, 'CommandID', ['TransactionReversal'])
  const receipt = present(body, 'TransactionID')
  const amount = amountIn(body)
  const shortCode = shortCodeIn(body, 'ReceiverParty')
  oneOf(body, 'RecieverIdentifierType', ['11'])
  remarksIn(body)
  const original = world.payments.findByReceipt(receipt)
  const perform = (conversationId: string) => giveBack(world, { conversationId, original, amount, shortCode })
  const msisdn = original?.msisdn ?? ''
  return runOperation(daraja, body, { initiatorField: 'Initiator', msisdn, movesMoney: true, perform })
}

type Request = { conversationId: string; original: Payment | undefined; amount: number; shortCode: string }

function giveBack(world: World, { conversationId, original, amount, shortCode }: Request): OperationOutcome {
  const isPayment = original?.kind === 'stk-push' || original?.kind === 'c2b'
  if (!original || !isPayment || original.shortCode !== shortCode) return failed('R000002')
  if (original.reversedBy) return failed('R000001')
  if (amount > original.amount) return failed('25')
  const account = world.accounts.of(shortCode)
  if (account.working < amount) return failed('1')
  account.working -= amount
  const phone = world.phones.of(original.msisdn)
  phone.balance += amount
  const { msisdn, reference, outcome } = original
  const description = `Reversal of ${outcome?.receipt ?? ''}`
  const movement = { id: conversationId, kind: 'reversal', msisdn, amount, shortCode, reference, description } as const
  const transactionId = recordMovement(world, movement)
  original.reversedBy = transactionId
  return {
    code: '0',
    transactionId,
    parameters: [
      ['DebitAccountBalance', `Utility Account|${original.currency}|${account.working.toFixed(2)}`],
      ['Amount', amount],
      ['TransCompletedTime', Number(compactTime(world.clock.now()))],
      ['OriginalTransactionID', outcome?.receipt],
      ['Charge', 0],
      ['CreditPartyPublicName', `${msisdn} - ${phone.name}`],
      ['DebitPartyPublicName', `${shortCode} - ${original.business}`],
    ],
  }
}
