import type { FullScenario, Scenario } from './scenario.ts'

/** An ordinary day. */
const calm: FullScenario = {
  answer: 'approve',
  resultCode: '1',
  promptTimeoutMs: 60_000,
  timeoutCode: '1037',
  byLastDigits: true,
  checkLimits: true,
  repeatRule: false,
  oneSession: false,
  callbackDelayMs: 0,
  callbackLost: false,
  callbackCopies: 1,
  callbackGapMs: 0,
  callbackOrder: 'in-order',
  forge: 'none',
  operationCode: '0',
  c2bValidation: false,
  queueTimeout: false,
  outage: 'none',
  outageOf: 'all',
  outagePercent: 100,
  tokenLifeMs: 3_600_000,
  tokenUses: 0,
  queryPendingPolls: 0,
  queryPendingShape: '500',
  queryContradicts: false,
  walletActive: true,
  mtnReason: 'INTERNAL_PROCESSING_ERROR',
  mtnTransferReason: 'none',
  mtnError: 'none',
  mtnReasonShape: 'string',
  mtnCallbackMethod: 'POST',
  airtelCode: 'DP00800001009',
  airtelPayoutCode: 'none',
  airtelRefundCode: 'none',
  airtelError: 'none',
  airtelSigned: false,
  paypalCapture: 'completed',
  paypalRefund: 'completed',
  statementFault: 'none',
  statementCharge: 0,
  smsOutage: 'none',
  smsStatus: 'sent',
  smsReport: 'delivered',
  smsReportDelayMs: 200,
  mailOutage: 'none',
}

/** Outcomes by the last digits of a number, so that a test needs no set-up: two for M-PESA, four for SMS. */
const byLastDigits: Record<string, Scenario> = {
  '01': { answer: 'fail', resultCode: '1', mtnReason: 'NOT_ENOUGH_FUNDS', airtelCode: 'DP00800001007' },
  '32': { answer: 'decline' },
  '37': { answer: 'fail', resultCode: '1037', mtnReason: 'COULD_NOT_PERFORM_TRANSACTION', airtelCode: 'DP00800001024' },
  '19': { answer: 'fail', resultCode: '1019', mtnReason: 'EXPIRED', airtelCode: 'DP00800001029' },
  '20': { answer: 'wrong-pin' },
  '25': { answer: 'fail', resultCode: '1025' },
  '99': { answer: 'approve', callbackLost: true },
  '0001': { smsStatus: 'invalid-number' },
  '0002': { smsStatus: 'blacklisted' },
  '0003': { smsReport: 'delivered', smsReportDelayMs: 3000 },
  '0004': { smsReport: 'absent' },
  '0005': { smsReport: 'none' },
}

/** The scenarios in force: a phone's own, else everybody's, else what its last digits say, else an ordinary day. */
export type Scenarios = {
  /** What a phone lives through now; without a number, what everybody does. */
  of(msisdn?: string): FullScenario
  /** What was set for one phone, or for all. */
  setFor(msisdn?: string): Scenario
  set(scenario: Scenario, msisdn?: string): void
  clear(msisdn?: string): void
  reset(): void
}

export function startScenarios(initial: Scenario, demoPhones: readonly string[]): Scenarios {
  const phones = new Map<string, Scenario>()
  let everybody: Scenario = {}
  let everybodyFull: FullScenario = calm

  const setEverybody = (scenario: Scenario) => {
    everybody = scenario
    everybodyFull = { ...calm, ...scenario }
  }
  const reset = () => {
    phones.clear()
    for (const msisdn of demoPhones) phones.set(msisdn, { answer: 'manual', byLastDigits: false })
    setEverybody(initial)
  }
  reset()

  return {
    of: (msisdn) => (msisdn === undefined ? everybodyFull : full(msisdn, everybody, everybodyFull, phones.get(msisdn))),
    setFor: (msisdn) => (msisdn === undefined ? everybody : (phones.get(msisdn) ?? {})),
    set: (scenario, msisdn) =>
      msisdn === undefined
        ? setEverybody({ ...everybody, ...scenario })
        : void phones.set(msisdn, { ...phones.get(msisdn), ...scenario }),
    clear: (msisdn) => (msisdn === undefined ? setEverybody({}) : void phones.delete(msisdn)),
    reset,
  }
}

function full(msisdn: string, everybody: Scenario, everybodyFull: FullScenario, own?: Scenario): FullScenario {
  const arranged = own ? { ...everybody, ...own } : everybody
  const digits = arranged.byLastDigits === false ? undefined : outcomeOfDigits(msisdn, arranged)
  if (digits) return { ...calm, ...digits, ...arranged }
  return own ? { ...everybodyFull, ...own } : everybodyFull
}

/** What the last digits bring about; nothing where somebody has said what is to happen, lest half of both does. */
function outcomeOfDigits(msisdn: string, arranged: Scenario): Scenario | undefined {
  const pay = arranged.answer === undefined ? byLastDigits[msisdn.slice(-2)] : undefined
  const saidOfSms = arranged.smsStatus !== undefined || arranged.smsReport !== undefined
  const sms = saidOfSms ? undefined : byLastDigits[msisdn.slice(-4)]
  return pay || sms ? { ...pay, ...sms } : undefined
}
