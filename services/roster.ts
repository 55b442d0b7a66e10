import type { Service } from '#kit'

/** What the suite is made of, in the order in which it starts; the doors to the outside come last. */
export const roster = {
  auth: () => import('./auth/service.ts'),
  tenant: () => import('./tenant/service.ts'),
  company: () => import('./company/service.ts'),
  payment: () => import('./payment/service.ts'),
  qr: () => import('./qr/service.ts'),
  ticketing: () => import('./ticketing/service.ts'),
  tracking: () => import('./tracking/service.ts'),
  notification: () => import('./notification/service.ts'),
  gateway: () => import('../gateway/service.ts'),
} satisfies Record<string, () => Promise<{ default: Service }>>

/** A service by its name in the suite. */
export type ServiceName = keyof typeof roster

/** All names, in starting order. */
export const serviceNames = Object.keys(roster) as ServiceName[]

/** Loads services; a process that hosts two of them reads the code of two. */
export async function loadServices(names: readonly ServiceName[]): Promise<Service[]> {
  const inOrder = serviceNames.filter((name) => names.includes(name))
  const modules = await Promise.all(inOrder.map((name) => roster[name]()))
  return modules.map((module) => module.default)
}
