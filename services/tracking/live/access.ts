import type { Session } from '#kit'
import type { Topic } from './domain/topic.ts'

/** One account's wish to follow a topic. */
export type Wish = { readonly session: Session; readonly topic: Topic }

/** Tells what each wish is given, in their order; nothing for those that are refused. Throws when it cannot be known. */
export type Access = (wishes: readonly Wish[]) => Promise<Topic[][]>
