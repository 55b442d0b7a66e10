import type { TripPoint } from '@tms/sdk/passenger'

/** From where to where, and when. */
export function RideLine({
  from,
  to,
  when,
}: {
  readonly from: TripPoint | undefined
  readonly to: TripPoint | undefined
  readonly when: string
}) {
  return (
    <div>
      <p className="text-xl font-bold">
        {from?.stopName} <span className="text-ochre">→</span> {to?.stopName}
      </p>
      <p className="text-muted">{when}</p>
    </div>
  )
}
