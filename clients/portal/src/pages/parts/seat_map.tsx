import { type GetSeatMapResponse, type MapSeat, SeatClass, SeatState } from '@tms/sdk/passenger'
import { Icon } from '@tms/ui'
import { type FocusEvent, type KeyboardEvent, memo, type MouseEvent, useState } from 'react'
import type { AfterPaint } from '../../flow/after_paint.ts'
import { toggled } from '../../flow/seat_choice.ts'
import { formatMoney } from '../../format/money.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { className } from './class_name.ts'

type Props = {
  readonly map: GetSeatMapResponse
  readonly chosen: readonly string[]
  readonly choose: (seats: readonly string[]) => void
  readonly later: AfterPaint['later']
}

/** Written out, so that the style sheet has them. */
const COLUMNS = ['', 'grid-cols-1', 'grid-cols-2', 'grid-cols-3', 'grid-cols-4', 'grid-cols-5', 'grid-cols-6'] as const
const WIDE = ['grid-cols-7', 'grid-cols-8', 'grid-cols-9', 'grid-cols-10'] as const
const STARTS = [
  ...['col-start-1', 'col-start-2', 'col-start-3', 'col-start-4', 'col-start-5'],
  ...['col-start-6', 'col-start-7', 'col-start-8', 'col-start-9', 'col-start-10'],
]

/**
 * The bus from above, as it is: its seats, aisles, classes, and who has what.
 *
 * A touched seat is shown before anything else is done: the address, the price and whatever else the choice changes follow
 * when the screen has shown it.
 */
export function SeatMap({ map, chosen, choose, later }: Props) {
  const { t } = useSpeech()
  const [touched, setTouched] = useState<readonly string[]>()
  const shown = touched ?? chosen
  const toggle = (label: string) => {
    const next = toggled(shown, label)
    setTouched(next)
    later(() => {
      choose(next)
      setTouched(undefined)
    })
  }
  const decks = [...new Set(map.seats.map(({ deck }) => deck))].toSorted((a, b) => a - b)
  return (
    <div className="mx-auto grid w-full max-w-3xl gap-4">
      <Legend map={map} />
      {decks.map((deck) => (
        <section
          key={deck}
          aria-label={decks.length > 1 ? t('trip.deck', { deck: deck + 1 }) : t('trip.heading')}
          className="mx-auto w-fit rounded-t-[3rem] rounded-b-3xl border-2 border-line bg-surface px-4 pt-4 pb-6 shadow-card contain-content"
        >
          <div aria-hidden="true" className="mb-4 flex items-center justify-between px-2 text-muted">
            <span className="text-xs font-semibold tracking-wide uppercase">
              {decks.length > 1 ? t('trip.deck', { deck: deck + 1 }) : t('trip.front')}
            </span>
            <Icon name="wheel" className="size-8" />
          </div>
          <Deck map={map} seats={map.seats.filter((seat) => seat.deck === deck)} chosen={shown} toggle={toggle} />
        </section>
      ))}
    </div>
  )
}

type DeckProps = {
  readonly map: GetSeatMapResponse
  readonly seats: readonly MapSeat[]
  readonly chosen: readonly string[]
  readonly toggle: (label: string) => void
}

function Deck({ map, seats, chosen, toggle }: DeckProps) {
  const first = seats.find(({ state }) => state === SeatState.FREE)?.label ?? seats[0]?.label
  const [current, setCurrent] = useState(first)
  const width = Math.max(...seats.map(({ column }) => column)) + 1
  const rows = [...new Set(seats.map(({ row }) => row))].toSorted((a, b) => a - b)
  const prices = new Map(map.classes.map(({ seatClass, price }) => [seatClass, formatMoney(price)]))
  // One stop for the Tab key; within, arrows go from seat to seat as they lie.
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const next = neighbour(seats, labelAt(event), event.key)
    if (next === undefined) return
    event.preventDefault()
    setCurrent(next)
    event.currentTarget.querySelector<HTMLElement>(`[data-seat="${next}"]`)?.focus()
  }
  const onClick = (event: MouseEvent<HTMLElement>) => {
    const seat = seats.find(({ label }) => label === labelAt(event))
    if (seat?.state === SeatState.FREE) toggle(seat.label)
  }
  const onFocus = (event: FocusEvent<HTMLElement>) => setCurrent(labelAt(event) ?? current)
  return (
    <div role="group" onKeyDown={onKeyDown} onClick={onClick} onFocus={onFocus} className="grid gap-2">
      {rows.map((row) => (
        <div key={row} className={`grid gap-2 ${COLUMNS[width] ?? WIDE[width - COLUMNS.length] ?? ''}`}>
          {seats
            .filter((seat) => seat.row === row)
            .map((seat) => (
              <Seat
                key={seat.label}
                seat={seat}
                price={prices.get(seat.seatClass) ?? ''}
                isCurrent={seat.label === current}
                isChosen={chosen.includes(seat.label)}
              />
            ))}
        </div>
      ))}
    </div>
  )
}

/** The seat that something happened on. */
function labelAt({ target }: { readonly target: EventTarget }): string | undefined {
  return (target as HTMLElement).dataset['seat']
}

type SeatProps = {
  readonly seat: MapSeat
  readonly price: string
  readonly isCurrent: boolean
  readonly isChosen: boolean
}

/** Drawn anew when it changes itself, and not with the seats around it. */
const Seat = memo(function Seat({ seat, price, isCurrent, isChosen }: SeatProps) {
  const { t } = useSpeech()
  const { label, column, state } = seat
  const words = {
    seat: label,
    class: className(t, seat.seatClass),
    price,
    state: t(`trip.${stateName(seat, isChosen)}`),
  }
  return (
    <button
      type="button"
      data-seat={label}
      tabIndex={isCurrent ? 0 : -1}
      aria-pressed={isChosen}
      aria-disabled={state !== SeatState.FREE}
      aria-label={t('trip.seat', words)}
      className={`${STARTS[column] ?? ''} ${LOOK} ${lookOf(seat, isChosen)}`}
    >
      {label}
    </button>
  )
})

const LOOK =
  'relative size-12 rounded-t-2xl rounded-b-lg border-2 text-sm font-bold tabular-nums contain-content before:absolute before:inset-x-1.5 before:bottom-0.5 before:h-1 before:rounded-full before:bg-current before:opacity-20'

function lookOf(seat: MapSeat, isChosen: boolean): string {
  if (seat.state === SeatState.SOLD) return 'border-transparent bg-sunken text-muted line-through !cursor-not-allowed'
  if (seat.state === SeatState.HELD) return 'border-dashed border-warn bg-warn-soft text-warn !cursor-not-allowed'
  if (isChosen) return 'border-brand bg-brand text-on-brand'
  if (seat.seatClass === SeatClass.VIP) return 'border-sun bg-surface hover:bg-soft'
  return 'border-field bg-surface hover:bg-soft'
}

function stateName({ state }: MapSeat, isChosen: boolean): 'yours' | 'free' | 'held' | 'sold' {
  if (state === SeatState.FREE) return isChosen ? 'yours' : 'free'
  return state === SeatState.HELD ? 'held' : 'sold'
}

/** The seat that an arrow leads to: the nearest in that direction. */
function neighbour(seats: readonly MapSeat[], label: string | undefined, key: string): string | undefined {
  const from = seats.find((seat) => seat.label === label)
  if (!from) return undefined
  const ahead: Record<string, (seat: MapSeat) => boolean> = {
    ArrowUp: ({ row }) => row < from.row,
    ArrowDown: ({ row }) => row > from.row,
    ArrowLeft: ({ row, column }) => row === from.row && column < from.column,
    ArrowRight: ({ row, column }) => row === from.row && column > from.column,
  }
  const isAhead = ahead[key]
  if (!isAhead) return undefined
  const far = ({ row, column }: MapSeat) => Math.abs(row - from.row) * 10 + Math.abs(column - from.column)
  return seats.filter(isAhead).toSorted((a, b) => far(a) - far(b))[0]?.label
}

/** What the looks of seats mean, and what the classes cost. */
function Legend({ map }: { readonly map: GetSeatMapResponse }) {
  const { t } = useSpeech()
  const box = 'inline-block size-5 rounded-t-lg rounded-b border-2'
  return (
    <ul aria-label={t('trip.legend')} className="flex flex-wrap justify-center gap-x-5 gap-y-2 text-sm">
      {map.classes.map(({ seatClass, price }) => (
        <li key={seatClass} className="flex items-center gap-2">
          <span className={`${box} bg-surface ${seatClass === SeatClass.VIP ? 'border-sun' : 'border-field'}`} />
          {className(t, seatClass)} <strong className="tabular-nums">{formatMoney(price)}</strong>
        </li>
      ))}
      <li className="flex items-center gap-2">
        <span className={`${box} border-brand bg-brand`} /> {t('trip.yours')}
      </li>
      <li className="flex items-center gap-2">
        <span className={`${box} border-dashed border-warn bg-warn-soft`} /> {t('trip.held')}
      </li>
      <li className="flex items-center gap-2">
        <span className={`${box} border-transparent bg-sunken`} /> {t('trip.sold')}
      </li>
    </ul>
  )
}
