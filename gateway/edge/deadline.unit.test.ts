import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { passOnTimeout, timeoutMs } from './deadline.ts'

const request = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage

describe('the caller’s deadline', () => {
  test.each([
    [{ 'connect-timeout-ms': '1500' }, 1_500],
    [{ 'grpc-timeout': '1500m' }, 1_500],
    [{ 'grpc-timeout': '2S' }, 2_000],
    [{ 'grpc-timeout': '1M' }, 60_000],
    [{ 'grpc-timeout': '1H' }, 3_600_000],
    [{ 'grpc-timeout': '500000u' }, 500],
    [{ 'grpc-timeout': '1000000n' }, 1],
    [{ 'grpc-timeout': '1500' }, undefined],
    [{ 'connect-timeout-ms': 'soon' }, undefined],
    [{}, undefined],
  ])('%o is %s ms', (headers, expected) => {
    expect(timeoutMs(request(headers))).toBe(expected)
  })

  test('what is left is passed on in the words of the protocol', () => {
    const grpc = request({ 'content-type': 'application/grpc', 'grpc-timeout': '2S' })
    passOnTimeout(grpc, 1_234.5)
    expect(grpc.headers['grpc-timeout']).toBe('1234m')
    const web = request({ 'content-type': 'application/grpc-web+proto' })
    passOnTimeout(web, 200_000_000)
    expect(web.headers['grpc-timeout']).toBe('200000S')
    const connect = request({ 'content-type': 'application/proto' })
    passOnTimeout(connect, 0.2)
    expect(connect.headers['connect-timeout-ms']).toBe('1')
  })
})
