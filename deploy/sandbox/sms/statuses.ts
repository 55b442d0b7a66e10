import type { FullScenario } from '../world/scenario.ts'

/** What Africa's Talking says of one recipient, by scenario. 100 to 102 are accepted, the rest are not. */
export const statuses: Record<FullScenario['smsStatus'], { readonly statusCode: number; readonly status: string }> = {
  sent: { statusCode: 101, status: 'Success' },
  'risk-hold': { statusCode: 401, status: 'RiskHold' },
  'invalid-number': { statusCode: 403, status: 'InvalidPhoneNumber' },
  'unsupported-number': { statusCode: 404, status: 'UnsupportedNumberType' },
  'no-credit': { statusCode: 405, status: 'InsufficientBalance' },
  blacklisted: { statusCode: 406, status: 'UserInBlacklist' },
  'no-route': { statusCode: 407, status: 'CouldNotRoute' },
  'do-not-disturb': { statusCode: 409, status: 'DoNotDisturbRejection' },
  'internal-error': { statusCode: 500, status: 'InternalServerError' },
  'gateway-error': { statusCode: 501, status: 'GatewayError' },
  rejected: { statusCode: 502, status: 'RejectedByGateway' },
}

type Report = { readonly status: string; readonly failureReason?: string; readonly reached: boolean }

/** What the delivery report says later, by scenario, and whether the phone has the message. */
export const reports: Record<FullScenario['smsReport'], Report> = {
  delivered: { status: 'Success', reached: true },
  failed: { status: 'Failed', failureReason: 'DeliveryFailure', reached: false },
  rejected: { status: 'Rejected', failureReason: 'UserAccountSuspended', reached: false },
  absent: { status: 'AbsentSubscriber', reached: false },
  expired: { status: 'Expired', reached: false },
  none: { status: '', reached: true },
}

/** MCC and MNC of the network behind a number, by its prefix; the operator may have changed where numbers are portable. */
export function networkCodeOf(msisdn: string): string {
  const found = networks.find(([prefix]) => prefix.test(msisdn))
  return found ? found[1] : '99999'
}

const networks: readonly (readonly [RegExp, string])[] = [
  [/^2507[89]/, '63510'],
  [/^25072/, '63513'],
  [/^25073/, '63514'],
  [/^254(10|73|75[0-6]|76[12]|78)/, '63903'],
  [/^254(77|12)/, '63907'],
  [/^25476[3-6]/, '63999'],
  [/^254[71]/, '63902'],
]
