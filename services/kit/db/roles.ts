/** The role that a service logs in as: it can touch its own schema and no other. */
export function roleOf(service: string): string {
  return `tms_${service}`
}

/** The role that owns a service's schema; nobody logs in as it, migrations act as it. */
export function ownerRoleOf(service: string): string {
  return `tms_${service}_owner`
}
