import { Button, Notice, Skeleton } from '@tms/ui'
import { type ComponentType, useEffect, useState } from 'react'
import type { Sighting } from '../../flow/live_bus.ts'
import { useSpeech } from '../../i18n/texts.ts'
import type { BusMapProps } from '../../map/bus_map.tsx'
import type { Way } from '../../map/style.ts'

type Wish = 'open' | 'wanted' | 'refused'

/** Fetches the map when it is shown; whoever saves data is asked before, and who cannot have it is told of the list. */
export function MapFrame({ way, bus }: { readonly way: Way; readonly bus: Sighting | undefined }) {
  const { t } = useSpeech()
  const [wish, setWish] = useState<Wish>('open')
  const [BusMap, setBusMap] = useState<ComponentType<BusMapProps>>()
  useEffect(() => {
    if (!savesData()) setWish('wanted')
  }, [])
  useEffect(() => {
    if (wish !== 'wanted') return
    let isShown = true
    import('../../map/bus_map.tsx').then(
      (loaded) => isShown && setBusMap(() => loaded.default),
      () => isShown && setWish('refused'),
    )
    return () => {
      isShown = false
    }
  }, [wish])
  if (wish === 'wanted') {
    if (!BusMap) return <Skeleton className="h-80 sm:h-[28rem]" />
    return <BusMap way={way} bus={bus} fail={() => setWish('refused')} />
  }
  return (
    <Notice title={t(wish === 'refused' ? 'live.noMap' : 'live.saving')}>
      <Button kind="quiet" className="justify-self-start" onClick={() => setWish('wanted')}>
        {t(wish === 'refused' ? 'error.again' : 'live.showMap')}
      </Button>
    </Notice>
  )
}

/** Whether the person asked the browser to fetch little (Network Information API; not every browser has it). */
function savesData(): boolean {
  const { connection } = navigator as Navigator & { connection?: { readonly saveData?: boolean } }
  return connection?.saveData === true
}
