import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** Where a call is when it is held: before its provider has it, or with its answer on the way back. */
export type Point = 'CALLING' | 'ANSWERED'

/** Calls that are kept on their way until somebody decides. */
export type Hold = {
  /** `POST /path` of those that are held. */
  readonly caught: readonly string[]
  /** Lets them go on, or cuts their connections; what comes later is not held. */
  readonly release: (fate: 'pass' | 'cut') => void
}

/** The way to the providers, on which calls can be stopped. */
export type Wire = {
  readonly url: string
  hold(point: Point, isMeant: (call: string) => boolean): Hold
  stop(): Promise<void>
}

type Holding = Hold & {
  readonly point: Point
  readonly isMeant: (call: string) => boolean
  readonly fate: Promise<'pass' | 'cut'>
  readonly caught: string[]
}

/** Carries HTTP requests to `target` and answers back, but for those that are held. */
export async function startWire(target: string): Promise<Wire> {
  const holdings = new Set<Holding>()
  const heldAt = async (point: Point, call: string): Promise<'pass' | 'cut'> => {
    const holding = [...holdings].find((one) => one.point === point && one.isMeant(call))
    if (!holding) return 'pass'
    holding.caught.push(call)
    return holding.fate
  }
  const server = createServer((incoming, response) => {
    carry(target, incoming, response, heldAt).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (point, isMeant) => {
      const { promise, resolve } = Promise.withResolvers<'pass' | 'cut'>()
      const release = (fate: 'pass' | 'cut') => {
        holdings.delete(holding)
        resolve(fate)
      }
      const holding: Holding = { point, isMeant, fate: promise, caught: [], release }
      holdings.add(holding)
      return holding
    },
    stop: async () => {
      for (const { release } of holdings) release('cut')
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function carry(
  target: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  heldAt: (point: Point, call: string) => Promise<'pass' | 'cut'>,
): Promise<void> {
  const call = `${incoming.method} ${incoming.url}`
  const body = await buffer(incoming)
  if ((await heldAt('CALLING', call)) === 'cut') return void response.destroy()
  const outgoing = request(new URL(incoming.url ?? '/', target), {
    method: incoming.method ?? 'GET',
    headers: incoming.headers,
    agent: false,
  })
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject).end(body)
    response.on('close', () => outgoing.destroy())
  })
  const answerBody = await buffer(answer)
  if ((await heldAt('ANSWERED', call)) === 'cut') return void response.destroy()
  response.writeHead(answer.statusCode ?? 502, answer.headers).end(answerBody)
}

/** A way to a TCP server that can be made to swallow everything. */
export type Pipe = { readonly port: number; swallow(isOn: boolean): void; stop(): Promise<void> }

/** Carries bytes to a server and back. */
export async function startPipe(target: URL): Promise<Pipe> {
  let swallows = false
  const server = createTcpServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    near.on('data', (bytes) => void (swallows || far.write(bytes)))
    far.on('data', (bytes) => void near.write(bytes))
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    swallow: (isOn) => void (swallows = isOn),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
