import { type GetSeatMapResponse, type MapSeat, SeatClass, SeatState } from '@tms/sdk/passenger'
import { Icon } from '@tms/ui'
import { type KeyboardEvent, useState } from 'react'
import { formatMoney } from '../../format/money.ts'
import { type Translate, useSpeech } from '../../i18n/texts.ts'
import { className } from './class_name.ts'

type Props = {
  readonly map: GetSeatMapResponse
  readonly chosen: readonly string[]
  readonly toggle: (label: string) => void
}

/** Written out, so that the style sheet has them. */
const COLUMNS = ['', 'grid-cols-1', 'grid-cols-2', 'grid-cols-3', 'grid-cols-4', 'grid-cols-5', 'grid-cols-6'] as const
const WIDE = ['grid-cols-7', 'grid-cols-8', 'grid-cols-9', 'grid-cols-10'] as const
const STARTS = [
  ...['col-start-1', 'col-start-2', 'col-start-3', 'col-start-4', 'col-start-5'],
  ...['col-start-6', 'col-start-7', 'col-start-8', 'col-start-9', 'col-start-10'],
]

/** The bus from above, as it is: its seats, aisles, classes, and who has what. */
export function SeatMap({ map, chosen, toggle }: Props) {
  const { t } = useSpeech()
  const decks = [...new Set(map.seats.map(({ deck }) => deck))].toSorted((a, b) => a - b)
  return (
    <div className="mx-auto grid w-full max-w-3xl gap-4">
      <Legend map={map} />
      {decks.map((deck) => (
        <section
          key={deck}
          aria-label={decks.length > 1 ? t('trip.deck', { deck: deck + 1 }) : t('trip.heading')}
          className="mx-auto w-fit rounded-t-[3rem] rounded-b-3xl border-2 border-line bg-surface px-4 pt-4 pb-6 shadow-card"
        >
          <div aria-hidden="true" className="mb-4 flex items-center justify-between px-2 text-muted">
            <span className="text-xs font-semibold tracking-wide uppercase">
              {decks.length > 1 ? t('trip.deck', { deck: deck + 1 }) : t('trip.front')}
            </span>
            <Icon name="wheel" className="size-8" />
          </div>
          <Deck map={map} seats={map.seats.filter((seat) => seat.deck === deck)} chosen={chosen} toggle={toggle} />
        </section>
      ))}
    </div>
  )
}

function Deck({ map, seats, chosen, toggle }: Props & { readonly seats: readonly MapSeat[] }) {
  const { t } = useSpeech()
  const first = seats.find(({ state }) => state === SeatState.FREE)?.label ?? seats[0]?.label
  const [current, setCurrent] = useState(first)
  const width = Math.max(...seats.map(({ column }) => column)) + 1
  const rows = [...new Set(seats.map(({ row }) => row))].toSorted((a, b) => a - b)
  // One stop for the Tab key; within, arrows go from seat to seat as they lie.
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const next = neighbour(seats, (event.target as HTMLElement).dataset['seat'], event.key)
    if (next === undefined) return
    event.preventDefault()
    setCurrent(next)
    event.currentTarget.querySelector<HTMLElement>(`[data-seat="${next}"]`)?.focus()
  }
  return (
    <div role="group" onKeyDown={onKeyDown} className="grid gap-2">
      {rows.map((row) => (
        <div key={row} className={`grid gap-2 ${COLUMNS[width] ?? WIDE[width - COLUMNS.length] ?? ''}`}>
          {seats
            .filter((seat) => seat.row === row)
            .map((seat) => (
              <button
                key={seat.label}
                type="button"
                data-seat={seat.label}
                tabIndex={seat.label === current ? 0 : -1}
                aria-pressed={chosen.includes(seat.label)}
                aria-disabled={seat.state !== SeatState.FREE}
                aria-label={wordsOf(t, map, seat, chosen)}
                onFocus={() => setCurrent(seat.label)}
                onClick={() => {
                  if (seat.state === SeatState.FREE) toggle(seat.label)
                }}
                className={`${STARTS[seat.column] ?? ''} ${LOOK} ${lookOf(seat, chosen)}`}
              >
                {seat.label}
              </button>
            ))}
        </div>
      ))}
    </div>
  )
}

const LOOK =
  'relative size-12 rounded-t-2xl rounded-b-lg border-2 text-sm font-bold tabular-nums transition-colors before:absolute before:inset-x-1.5 before:bottom-0.5 before:h-1 before:rounded-full before:bg-current before:opacity-20'

function lookOf(seat: MapSeat, chosen: readonly string[]): string {
  if (seat.state === SeatState.SOLD) return 'border-transparent bg-sunken text-muted line-through !cursor-not-allowed'
  if (seat.state === SeatState.HELD) return 'border-dashed border-warn bg-warn-soft text-warn !cursor-not-allowed'
  if (chosen.includes(seat.label)) return 'border-brand bg-brand text-on-brand'
  if (seat.seatClass === SeatClass.VIP) return 'border-sun bg-surface hover:bg-soft'
  return 'border-field bg-surface hover:bg-soft'
}

function stateName(seat: MapSeat, chosen: readonly string[]): 'yours' | 'free' | 'held' | 'sold' {
  if (seat.state === SeatState.FREE) return chosen.includes(seat.label) ? 'yours' : 'free'
  return seat.state === SeatState.HELD ? 'held' : 'sold'
}

function wordsOf(t: Translate, map: GetSeatMapResponse, seat: MapSeat, chosen: readonly string[]): string {
  const price = formatMoney(map.classes.find(({ seatClass }) => seatClass === seat.seatClass)?.price)
  const state = t(`trip.${stateName(seat, chosen)}`)
  return t('trip.seat', { seat: seat.label, class: className(t, seat.seatClass), price, state })
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
