import type { TillService } from '#gen/tms/payment/v1/till_service_pb.ts'
import { Deposit_Destination as To } from '#gen/tms/ticketing/v1/shift_pb.ts'
import {
  ExportAgencyStatementRequest_Format as Format,
  type ShiftService,
} from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import { addDays } from '#kit'
import { id } from '../world/companies.ts'
import { type AttemptsAt, beside, hidden, listed, refused, service, unknown } from './attempts.ts'

const francs = { currencyCode: 'RWF', units: 500n }

export const atTill: AttemptsAt<typeof TillService> = () => ({
  listCollectedCash: service,
  getCashPayment: service,
  getAgentAccount: service,
})

export const atShift: AttemptsAt<typeof ShiftService> = (theirs) => {
  const { shiftId, depositId, expenseId, managerId, ridden, serviceDate } = theirs
  const statement = {
    agentUserId: managerId,
    firstDate: addDays(serviceDate, -30),
    lastDate: addDays(serviceDate, 30),
    currencyCode: 'RWF',
  }
  return {
    openShift: beside({ shiftId, deviceId: id(), stationId: id(), float: francs }),
    recordExpense: refused({ expenseId, shiftId, amount: francs, description: 'rivalry' }),
    handOutRefund: refused({ idempotencyKey: id(), shiftId, bookingId: ridden.bookingId }),
    countShift: refused({ idempotencyKey: id(), shiftId }),
    handOverCash: refused({ depositId, shiftId, destination: To.SAFE, amount: francs }),
    confirmDeposit: refused({ idempotencyKey: id(), depositId, received: francs }),
    closeShift: refused({ idempotencyKey: id(), shiftId }),
    getShift: unknown({ shiftId }),
    listShifts: listed({}),
    getShiftReport: unknown({ shiftId }),
    renderShiftReport: unknown({ shiftId }),
    getAgencyStatement: hidden(statement),
    exportAgencyStatement: hidden({ ...statement, format: Format.CSV }),
  }
}
