/** Values that every service speaks of: money, ids, instants, places, phone numbers, service dates. Pure, no I/O. */
export * from './clock.ts'
export * from './latlng.ts'
export * from './money.ts'
export * from './money_math.ts'
export * from './money_text.ts'
export * from './msisdn.ts'
export * from './service_date.ts'
export * from './uuid.ts'
