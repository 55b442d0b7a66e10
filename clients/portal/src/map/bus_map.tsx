import 'maplibre-gl/dist/maplibre-gl.css'
import { Map as MapView, Marker, NavigationControl, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { Button } from '@tms/ui'
import { useEffect, useRef, useState } from 'react'
import type { Sighting } from '../flow/live_bus.ts'
import { type Translate, useSpeech } from '../i18n/texts.ts'
import { BusMarker } from './bus_marker.ts'
import { type Look, useLook } from './look.ts'
import { boundsOf, lngLat, styleOf, type Way } from './style.ts'

// A file of its own and of our own: the policy of the pages allows no worker from a text.
setWorkerUrl(workerUrl)

/** What the map is given. */
export type BusMapProps = {
  readonly way: Way
  readonly bus: Sighting | undefined
  /** This device cannot draw it. */
  readonly fail: () => void
}

/** The way of a trip and its bus, drawn from what the suite knows; nothing is asked of anybody else. */
export default function BusMap({ way, bus, fail }: BusMapProps) {
  const { t } = useSpeech()
  const look = useLook()
  const box = useRef<HTMLDivElement>(null)
  const drawn = useRef<Drawn>(undefined)
  const [isReady, setReady] = useState(false)
  useEffect(() => {
    if (!box.current) return
    try {
      drawn.current = draw({ box: box.current, way, look, t, ready: () => setReady(true) })
    } catch {
      return fail()
    }
    return () => {
      setReady(false)
      drawn.current?.remove()
      drawn.current = undefined
    }
  }, [way, look])
  useEffect(() => {
    if (bus) drawn.current?.bus.moveTo(bus)
  }, [bus, way, look])
  return (
    <div className="relative overflow-hidden rounded-card border border-line">
      <div ref={box} data-map={isReady ? 'ready' : 'drawing'} className="h-80 w-full bg-sunken sm:h-[28rem]" />
      {bus && (
        <Button kind="quiet" className="absolute! bottom-3 left-3 z-10" onClick={() => drawn.current?.centre()}>
          {t('live.centre')}
        </Button>
      )}
    </div>
  )
}

type Drawn = { readonly bus: BusMarker; centre(): void; remove(): void }

type Drawing = {
  readonly box: HTMLElement
  readonly way: Way
  readonly look: Look
  readonly t: Translate
  readonly ready: () => void
}

const CLOSE_ZOOM = 12

/** @throws {Error} where there is no WebGL */
function draw({ box, way, look, t, ready }: Drawing): Drawn {
  const map = new MapView({
    container: box,
    style: styleOf(way, look),
    bounds: boundsOf(way.line),
    fitBoundsOptions: { padding: 48 },
    maxZoom: 16,
    attributionControl: false, // nothing on it is anybody else's
    // A finger that scrolls the page is not caught by the map.
    cooperativeGestures: true,
    dragRotate: false,
    pitchWithRotate: false,
    locale: {
      'Map.Title': t('live.map'),
      'NavigationControl.ZoomIn': t('live.closer'),
      'NavigationControl.ZoomOut': t('live.farther'),
      'CooperativeGesturesHandler.MobileHelpText': t('live.twoFingers'),
      'CooperativeGesturesHandler.WindowsHelpText': t('live.control'),
      'CooperativeGesturesHandler.MacHelpText': t('live.control'),
    },
  })
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  map.once('idle', ready)
  for (const stop of way.stops) label(stop.name, 'text-sm font-bold text-ink').setLngLat(lngLat(stop)).addTo(map)
  for (const town of way.towns) label(town.name, 'text-xs text-muted').setLngLat(lngLat(town)).addTo(map)
  const bus = new BusMarker(map)
  return {
    bus,
    centre: () => {
      if (bus.place) map.easeTo({ center: lngLat(bus.place), zoom: Math.max(map.getZoom(), CLOSE_ZOOM) })
    },
    remove: () => {
      bus.remove()
      map.remove()
    },
  }
}

/** A name beside its place, in letters of the page: the map fetches none. */
function label(name: string, look: string): Marker {
  const element = document.createElement('span')
  element.className = `pointer-events-none pl-2.5 font-sans whitespace-nowrap ${look}`
  element.textContent = name
  element.ariaHidden = 'true'
  return new Marker({ element, anchor: 'left' })
}
