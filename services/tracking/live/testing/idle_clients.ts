// A process of its own that holds many sockets, so that what they cost the node is not mixed with what they cost here.
import { create, toBinary } from '@bufbuild/protobuf'
import { ClientFrameSchema } from '#gen/tms/tracking/v1/live_pb.ts'
import { RawSocket } from './raw.ts'

/** What to open. */
export type IdleOrder = {
  readonly port: number
  readonly count: number
  readonly token: string
  readonly topic: string
}

const AT_ONCE = 50

process.on('message', (order: IdleOrder) => {
  void open(order).then(() => process.send?.('open'))
})

async function open({ port, count, token, topic }: IdleOrder): Promise<void> {
  const signIn = toBinary(ClientFrameSchema, create(ClientFrameSchema, { frame: { case: 'signIn', value: { token } } }))
  const subscribe = toBinary(
    ClientFrameSchema,
    create(ClientFrameSchema, { frame: { case: 'subscribe', value: { topic } } }),
  )
  for (let opened = 0; opened < count; opened += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        const raw = await RawSocket.open(port)
        raw.frame(signIn)
        raw.frame(subscribe)
        await raw.framesCame(2)
      }),
    )
  }
}
