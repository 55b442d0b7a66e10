import type { DescMessage, DescMethodBiDiStreaming, MessageShape } from '@bufbuild/protobuf'
import type { Session } from '../session.ts'

/** The open call, as whoever serves it sees it. */
export type DuplexCall<O> = {
  readonly session: Session
  send(message: O): void
  /** Whether the caller does not read what it is sent: what can wait should. */
  isFull(): boolean
  /** Ends the call; with an error the caller is refused. */
  end(err?: unknown): void
}

/** Takes what a caller says, one message after the other. What it throws ends the call. */
export type DuplexReader<I> = {
  /** Whether a message may be taken now; when not, `resume` is called when it is time to ask again. */
  isReady(resume: () => void): boolean
  take(message: I): void
  /**
   * Takes a message that it reads by itself, quicker than the generated code: the one that comes all the time. What it takes
   * must keep the rules of the contract, they are not looked at; false for all else, which is read, checked and given to `take`.
   */
  takeBytes?(bytes: Uint8Array): boolean
  /** The caller says nothing more; all that it said was taken. */
  finish(): void
  /** The call is over, whoever ended it. Told once. */
  leave(): void
}

/** Serves one call. */
export type OpenDuplex<I, O> = (call: DuplexCall<O>) => DuplexReader<I>

/**
 * A method with streams both ways whose messages are pushed rather than pulled: for streams that are busy. The promises of an
 * async iterable cost each message more than all that is done with it.
 *
 * It is served straight from its HTTP/2 stream (`duplex_stream.ts`), and as any other method where that is not possible
 * (`duplex_iterable.ts`).
 */
export type Duplex<I extends DescMessage = DescMessage, O extends DescMessage = DescMessage> = {
  readonly method: DescMethodBiDiStreaming<I, O>
  readonly open: OpenDuplex<MessageShape<I>, MessageShape<O>>
}

/** Declares a method whose messages are pushed; which ones is told by the method. */
export function defineDuplex<I extends DescMessage, O extends DescMessage>(duplex: Duplex<I, O>): Duplex {
  return duplex
}
