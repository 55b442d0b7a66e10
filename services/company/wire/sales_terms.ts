import { fromBinary, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type SalesTermsSchema, TermsSchema } from '#gen/tms/company/v1/sales_terms_pb.ts'
import type { SalesTermsRow } from '../store/sales_terms.ts'

/** Terms on the wire. */
export function salesTermsToProto(row: SalesTermsRow): MessageInitShape<typeof SalesTermsSchema> {
  const { tenantId, version, setUserId } = row
  return {
    ...{ tenantId, version, setUserId },
    terms: fromBinary(TermsSchema, row.terms),
    setTime: timestampFromDate(row.setTime),
  }
}
