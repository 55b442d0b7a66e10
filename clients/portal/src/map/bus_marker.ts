import { type Map as MapView, Marker } from 'maplibre-gl'
import type { Sighting } from '../flow/live_bus.ts'
import { between, glideMs, type Place } from './glide.ts'

const SVG = 'http://www.w3.org/2000/svg'
const BUS = 'M5 16V6.5A2.5 2.5 0 0 1 7.5 4h9A2.5 2.5 0 0 1 19 6.5V16M4 16h16v2H4zM7 18v2m10-2v2M5 11h14M12 4v7'

/** A bus on the map, which glides to where it is seen next. */
export class BusMarker {
  readonly #marker: Marker
  readonly #map: MapView
  readonly #isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  #shown: Place | undefined
  #seen: Sighting | undefined
  #frame = 0

  constructor(map: MapView) {
    this.#map = map
    this.#marker = new Marker({ element: drawing() })
  }

  /** Where it is shown now. */
  get place(): Place | undefined {
    return this.#shown
  }

  moveTo(seen: Sighting): void {
    const [from, tookMs] = [this.#shown, seen.sampleMs - (this.#seen?.sampleMs ?? seen.sampleMs)]
    this.#seen = seen
    this.#marker.getElement().dataset['bus'] = seen.plate
    cancelAnimationFrame(this.#frame)
    const lastsMs = from && !this.#isStill ? glideMs(from, seen, tookMs) : 0
    if (!from || lastsMs === 0) return this.#show(seen)
    const startMs = performance.now()
    const step = (nowMs: number) => {
      const share = Math.min(1, Math.max(0, (nowMs - startMs) / lastsMs))
      this.#show(between(from, seen, share))
      if (share < 1) this.#frame = requestAnimationFrame(step)
    }
    this.#frame = requestAnimationFrame(step)
  }

  remove(): void {
    cancelAnimationFrame(this.#frame)
    this.#marker.remove()
  }

  #show(place: Place): void {
    const isFirst = this.#shown === undefined
    this.#shown = place
    this.#marker.setLngLat([place.longitudeDegrees, place.latitudeDegrees])
    if (isFirst) this.#marker.addTo(this.#map)
  }
}

function drawing(): HTMLElement {
  const element = document.createElement('div')
  element.className = 'z-10 grid size-11 place-items-center rounded-full bg-brand text-on-brand shadow-card'
  element.ariaHidden = 'true' // the list of stops says where it is
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', 'size-6 fill-none stroke-current stroke-[1.8]')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', BUS)
  svg.append(path)
  element.append(svg)
  return element
}
