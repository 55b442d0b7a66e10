import { darajaStatement } from './daraja_statement.ts'
import type { Layout } from './line.ts'
import { momoReport } from './momo_report.ts'

/** Every form of settlement file by its name in rows; a further one is a further line. */
export const layouts = {
  DARAJA_STATEMENT: darajaStatement,
  MOMO_REPORT: momoReport,
} as const satisfies Record<string, Layout>

/** The name of a form of settlement file. */
export type LayoutName = keyof typeof layouts
