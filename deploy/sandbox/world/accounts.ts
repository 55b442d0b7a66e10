/** A business's two accounts: collections land in the working account, payouts leave the utility account. */
export type Account = { working: number; utility: number }

export type Accounts = { of(shortCode: string): Account; reset(): void }

/** So that refunds and payouts can be tried before anything was sold. */
const OPENING: Account = { working: 1_000_000, utility: 10_000_000 }

export function startAccounts(): Accounts {
  const accounts = new Map<string, Account>()
  return {
    of: (shortCode) => {
      const account = accounts.get(shortCode) ?? { ...OPENING }
      accounts.set(shortCode, account)
      return account
    },
    reset: () => accounts.clear(),
  }
}
