/** One role of one person in a company. */
export type HeldRole = { readonly userId: string; readonly role: string }

/** Whether a company would have no manager without a person: somebody must be left to let others in. */
export function isLastManager(held: readonly HeldRole[], userId: string): boolean {
  const managers = held.filter(({ role }) => role === 'manager')
  return managers.some((one) => one.userId === userId) && managers.every((one) => one.userId === userId)
}
