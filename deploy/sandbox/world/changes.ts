/** Something on a phone or in a mailbox is new; an empty change means "anything may be". */
export type Change = { readonly msisdn?: string; readonly mailbox?: string }

/** Who wants to know: the page's live updates, and tests that wait. */
export type Changes = {
  tell(change: Change): void
  /** @returns what ends the subscription. */
  watch(listener: (change: Change) => void): () => void
}

export function startChanges(): Changes {
  const listeners = new Set<(change: Change) => void>()
  return {
    tell: (change) => {
      for (const listener of listeners) listener(change)
    },
    watch: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
