import { UserError } from '#kit'

/** The virtual phone of the sandbox, in the hands of the story. */
export type Phone = {
  /** Approves the oldest payment prompt with the right PIN, as soon as it is there. */
  approve(): Promise<string>
  /** Declines it. */
  decline(): Promise<void>
  /** Puts away the prompts that are open, which are those of a story that was broken off. */
  clear(): Promise<void>
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
    const response = await fetch(base).catch(() => {
      throw new UserError(`The virtual phones do not answer at ${sandboxUrl}: set SANDBOX_URL to where they are.`)
    })
    if (!response.ok) throw new Error(`the sandbox answered ${response.status}: is the suite running with it?`)
    return (await response.json()) as Seen
  }
  const press = async (how: 'approve' | 'decline') => {
    const response = await fetch(`${base}/prompts/next/${how}`, { method: 'POST' })
    if (!response.ok) throw new Error(`the phone did not take the answer: ${await response.text()}`)
  }
  const answer = async (how: 'approve' | 'decline') => {
    for (let tries = 0; tries < 100; tries++) {
      const [prompt] = (await look()).prompts
      if (prompt) {
        await press(how)
        return String(prompt.amount)
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error('no payment prompt came to the phone')
  }
  return {
    approve: () => answer('approve'),
    decline: async () => void (await answer('decline')),
    clear: async () => {
      while ((await look()).prompts.length > 0) await press('decline')
    },
    messages: async () => (await look()).messages.map(({ text }) => text),
  }
}
