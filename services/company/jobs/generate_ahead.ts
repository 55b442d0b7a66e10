import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { generateTrips } from '../generate.ts'
import { allCompanies } from '../store/companies.ts'

/** Keeps every company's trips made some days ahead. A company that cannot be served does not hold up the others. */
export const generateAhead = every({ seconds: 3600 }, 'generate-trips', async (ctx: Ctx) => {
  // A job acts for no company: it goes through all of them, each in transactions of its own.
  for (const company of await allCompanies(ctx.db.system)) {
    const range = { fromDate: undefined, dayCount: ctx.settings.generateDays, scheduleId: undefined }
    await generateTrips(ctx, company, range).catch((err: unknown) => {
      ctx.log.error({ err, tenant_id: company.tenantId }, 'trips of a company were not generated')
    })
  }
})
