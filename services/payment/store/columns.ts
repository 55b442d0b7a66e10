import { bigint } from 'drizzle-orm/pg-core'

/** A column of amounts, in the smallest unit of their currency. */
export const minor = (name: string) => bigint(name, { mode: 'bigint' })
