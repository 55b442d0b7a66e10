import { json } from '../net/answers.ts'
import type { Answer } from '../net/router.ts'
import type { Daraja } from './daraja.ts'
import { isCredential } from './credential.ts'
import { invalid } from './errors.ts'
import { type Body, present, textOf, urlIn } from './fields.ts'
import { conversationId, merchantRequestId, receiptNumber } from './ids.ts'
import { type ResultCode, resultCodeOnWire, resultDescription } from './result_codes.ts'

/** How an operation ended; parameters come with success only, and a key may stand without a value. */
export type OperationOutcome = {
  readonly code: ResultCode
  readonly transactionId?: string
  readonly parameters?: readonly (readonly [key: string, value?: string | number])[]
}

export const failed = (code: ResultCode): OperationOutcome => ({ code })

/** A request that is acknowledged now and answered later at `ResultURL`. */
export type Operation = {
  /** Name of the field with the operator's name: payouts spell it differently. */
  readonly initiatorField: 'Initiator' | 'InitiatorName'
  /** Whose scenario applies: the phone at the other end, if there is one. */
  readonly msisdn: string
  /** Whether the scenario may send the result to `QueueTimeOutURL` instead: not for queries, which settle that very doubt. */
  readonly movesMoney: boolean
  readonly perform: (conversationId: string) => OperationOutcome
}

/** Checks what all operations have in common, acknowledges, performs, and posts the result. */
export function runOperation(daraja: Daraja, body: Body, operation: Operation, originatorId?: string): Answer {
  const { world } = daraja
  present(body, operation.initiatorField)
  if (!isCredential(textOf(body, 'SecurityCredential'))) throw invalid('SecurityCredential')
  const urls = { result: urlIn(body, 'ResultURL'), timeout: urlIn(body, 'QueueTimeOutURL') }
  const ids = {
    OriginatorConversationID: originatorId ?? merchantRequestId(world.random),
    ConversationID: conversationId(world.clock.now(), world.random),
  }
  daraja.originators.set(ids.OriginatorConversationID, ids.ConversationID)
  world.timers.after(0, () => void perform(daraja, body, operation, ids, urls))
  return json(200, {
    ...ids,
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
  })
}

type Ids = { readonly OriginatorConversationID: string; readonly ConversationID: string }

async function perform(
  daraja: Daraja,
  body: Body,
  operation: Operation,
  ids: Ids,
  urls: { result: string; timeout: string },
): Promise<void> {
  const { world } = daraja
  const outcome = await outcomeOf(daraja, body, operation, ids.ConversationID)
  const timedOut = operation.movesMoney && world.scenarios.of(operation.msisdn).queueTimeout
  const payment = world.payments.find(ids.ConversationID)
  world.changes.tell({ msisdn: operation.msisdn })
  await daraja.deliveries.deliver({
    msisdn: operation.msisdn,
    url: timedOut ? urls.timeout : urls.result,
    // The body of a queue time-out is undocumented; all it can mean is "unknown", even when the money has moved.
    body: envelope(daraja, ids, timedOut ? failed('26') : outcome, urls.timeout),
    ...(payment && { payment }),
  })
}

async function outcomeOf(daraja: Daraja, body: Body, operation: Operation, id: string): Promise<OperationOutcome> {
  const { initiator } = daraja.world.settings
  const password = await daraja.credentialKey.open(textOf(body, 'SecurityCredential'))
  if (textOf(body, operation.initiatorField) !== initiator.name || password !== initiator.password)
    return failed('2001')
  const { operationCode } = daraja.world.scenarios.of(operation.msisdn)
  return operationCode === '0' ? operation.perform(id) : failed(operationCode)
}

/** The `Result` envelope that payouts, reversals, status and balance share. */
function envelope(daraja: Daraja, ids: Ids, outcome: OperationOutcome, timeoutUrl: string): string {
  const { clock, random } = daraja.world
  const parameters = outcome.parameters?.map(([Key, Value]) => (Value === undefined ? { Key } : { Key, Value }))
  return JSON.stringify({
    Result: {
      ResultType: 0,
      ResultCode: resultCodeOnWire(outcome.code),
      ResultDesc: resultDescription(outcome.code),
      ...ids,
      TransactionID: outcome.transactionId ?? receiptNumber(clock.now(), random),
      ...(parameters && { ResultParameters: { ResultParameter: parameters } }),
      ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL', Value: timeoutUrl } },
    },
  })
}
