/** The virtual phone of the sandbox, in the hands of the story. */
export type Phone = {
  /** Approves the oldest payment prompt with the right PIN, as soon as it is there. */
  approve(): Promise<string>
  /** Declines it. */
  decline(): Promise<void>
  /** Texts of the SMS received, newest first. */
  messages(): Promise<readonly string[]>
}

type Seen = {
  readonly prompts: readonly { readonly amount: number }[]
  readonly messages: readonly { readonly text: string }[]
}

/** @param sandboxUrl e.g. `http://127.0.0.1:8090` */
export function phoneAt(sandboxUrl: string, msisdn: string): Phone {
  const base = `${sandboxUrl}/control/phones/${msisdn.replace('+', '')}`
  const look = async (): Promise<Seen> => {
    const response = await fetch(base)
    if (!response.ok) throw new Error(`the sandbox answered ${response.status}: is the suite running with it?`)
    return (await response.json()) as Seen
  }
  const answer = async (how: 'approve' | 'decline') => {
    for (let tries = 0; tries < 100; tries++) {
      const [prompt] = (await look()).prompts
      if (prompt) {
        const response = await fetch(`${base}/prompts/next/${how}`, { method: 'POST' })
        if (!response.ok) throw new Error(`the phone did not take the answer: ${await response.text()}`)
        return String(prompt.amount)
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error('no payment prompt came to the phone')
  }
  return {
    approve: () => answer('approve'),
    decline: async () => void (await answer('decline')),
    messages: async () => (await look()).messages.map(({ text }) => text),
  }
}
