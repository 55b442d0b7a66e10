import { Counter } from 'prom-client'
import { registry } from '#kit'

const shared = { registers: [registry] }

/** Calls handed on, by the service they went to. */
export const callsForwarded = new Counter({
  ...shared,
  name: 'tms_gateway_forwarded_total',
  help: 'Calls handed on to services.',
  labelNames: ['peer'] as const,
})

/** Calls that ended at the gateway, by reason. */
export const callsRefused = new Counter({
  ...shared,
  name: 'tms_gateway_refused_total',
  help: 'Calls refused at the gateway, by reason.',
  labelNames: ['reason'] as const,
})

/** Limits that were decided by this process because Redis was away. */
export const limitsDecidedHere = new Counter({
  ...shared,
  name: 'tms_gateway_limits_local_total',
  help: 'Rate limits decided without Redis.',
})
