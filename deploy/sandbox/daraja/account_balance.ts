import type { Answer } from '../net/router.ts'
import type { Daraja } from './daraja.ts'
import { type Body, oneOf, remarksIn, shortCodeIn } from './fields.ts'
import { compactTime } from './ids.ts'
import { runOperation } from './operations.ts'

/** `POST /mpesa/accountbalance/v1/query`: what a short code's accounts hold, as one line of text. */
export function accountBalance(daraja: Daraja, body: Body): Answer {
  const { world } = daraja
  oneOf(body, 'CommandID', ['AccountBalance'])
  const shortCode = shortCodeIn(body, 'PartyA')
  oneOf(body, 'IdentifierType', ['4'])
  remarksIn(body)
  const perform = () => {
    const { working, utility } = world.accounts.of(shortCode)
    const accounts = [
      line('Working Account', working),
      line('Utility Account', utility),
      line('Charges Paid Account', 0),
      line('Organization Settlement Account', 0),
    ]
    return {
      code: '0',
      parameters: [
        ['AccountBalance', accounts.join('&')],
        ['BOCompletedTime', Number(compactTime(world.clock.now()))],
      ],
    } as const
  }
  return runOperation(daraja, body, { initiatorField: 'Initiator', msisdn: '', movesMoney: false, perform })
}

/** `Name|KES|available|…`: always in shillings, as the real one is. */
const line = (name: string, amount: number) => `${name}|KES|${amount.toFixed(2)}|${amount.toFixed(2)}|0.00|0.00`
