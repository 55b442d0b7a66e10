/** Every flag that the suite knows, and how it stands until somebody sets it. */
export const flagDefaults = {
  MEMBER_SELF_SERVICE: true,
  SETTINGS_SELF_SERVICE: true,
  CASH_SALES: true,
  OFFLINE_SALES: false,
  PARTNER_SALES: false,
  LIVE_TRACKING: false,
} as const

/** A flag by its name in the contract. */
export type FlagName = keyof typeof flagDefaults

/** The flags, in the order of the contract. */
export const flagNames = Object.keys(flagDefaults) as readonly FlagName[]
