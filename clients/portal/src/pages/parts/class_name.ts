import { SeatClass } from '@tms/sdk/passenger'
import type { Translate } from '../../i18n/texts.ts'

/** What a class is called. */
export function className(t: Translate, seatClass: SeatClass): string {
  return t(seatClass === SeatClass.VIP ? 'class.VIP' : 'class.STANDARD')
}
