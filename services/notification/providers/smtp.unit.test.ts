import { expect, test } from 'vitest'
import { outcomeOfFault } from './smtp.ts'

test.each([
  [{ responseCode: 451, command: 'RCPT TO' }, 'postponed', '451'],
  [{ responseCode: 550, command: 'RCPT TO' }, 'refused', '550'],
  [{ responseCode: 554, command: 'DATA' }, 'refused', '554'],
  [{ responseCode: 421, code: 'ECONNECTION', command: 'CONN' }, 'postponed', '421'],
  [{ responseCode: 535, code: 'EAUTH', command: 'AUTH PLAIN' }, 'postponed', 'auth'],
  [{ code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' }, 'postponed', 'unreachable'],
  [{ code: 'EDNS', command: 'CONN' }, 'postponed', 'unreachable'],
  [{ code: 'ETIMEDOUT', timeoutType: 'GREETING_TIMEOUT', command: 'CONN' }, 'postponed', 'unreachable'],
  [{ code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT', command: 'CONN' }, 'unknown', 'unreachable'],
  [{ code: 'ESOCKET', originalCode: 'ECONNRESET', command: 'CONN' }, 'unknown', 'unreachable'],
  [{ code: 'ECONNECTION', command: 'CONN' }, 'unknown', 'unreachable'],
])('a mail server’s fault %o: the mail is %s (%s)', (fault, kind, reason) => {
  expect(outcomeOfFault(fault)).toEqual({ kind, reason })
})
