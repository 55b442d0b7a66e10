/** How long pages are. */
export const PAGE = { default: 50, max: 200 } as const
