import { timestamp } from 'drizzle-orm/pg-core'

/** A column of instants: `timestamptz`. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
