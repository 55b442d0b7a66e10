/**
 * A fault that the person at the keyboard can mend: its message is one sentence that says what to do.
 *
 * Commands print the message alone, without a stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
}
