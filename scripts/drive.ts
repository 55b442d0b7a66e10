// Drives the bus of a trip as a driver's phone would report it: npm run drive -- --trip ID [--speed 10] [--trace FILE.gpx|.csv]
//   Signed in as the demo driver of the trip's company. TMS_URL (http://127.0.0.1:8000) says where the suite runs.
//   The way is the trip's, from stop to stop, or what a file recorded. No bus is faster than 150 km/h, whatever --speed says.
import { UserError } from '#kit'
import { createTms, type Tms } from '../clients/sdk/src/node.ts'
import { companies, DEMO_PASSWORD } from '../deploy/demo/companies.ts'
import { optionsOf, run, suiteUrl } from './command/command.ts'
import { assignDriver, drive } from './drive/drive.ts'
import { wayOfCalls, wayOfTrace } from './drive/way.ts'

const USAGE = `npm run drive -- --trip ID [--speed 10] [--trace FILE.gpx|.csv]
  --speed is how many times faster than the timetable; --trace drives what a file recorded.
  TMS_URL says where the suite is (http://127.0.0.1:8000).`
const clients: Tms[] = []

async function signedIn(company: (typeof companies)[number], wanted: string): Promise<Tms> {
  const tms = createTms({ baseUrl: suiteUrl(), language: 'en' })
  clients.push(tms)
  const phone = company.people.find(({ role }) => role === wanted)?.phone ?? ''
  await tms.session.signIn({ phone }, DEMO_PASSWORD)
  return tms
}

async function main(): Promise<void> {
  const { values } = optionsOf(USAGE, {
    options: { trip: { type: 'string' }, speed: { type: 'string', default: '1' }, trace: { type: 'string' } },
  })
  const { trip: tripId, trace } = values
  const speed = Number(values.speed)
  if (tripId === undefined || !(speed > 0)) throw new UserError(USAGE)
  for (const company of companies) {
    const manager = await signedIn(company, 'manager')
    const found = await manager.timetable.getTrip({ tripId }).catch(() => undefined)
    if (!found?.trip) continue
    const driver = await signedIn(company, 'driver')
    await assignDriver(manager, driver, tripId)
    const way = trace === undefined ? wayOfCalls(found.trip.calls) : wayOfTrace(trace)
    const stop = new AbortController()
    process.once('SIGINT', () => stop.abort())
    console.log(`${found.trip.routeName}, ${found.trip.busPlate}; Ctrl-C ends the drive`)
    const onProgress = (line: string) => process.stdout.write(`\r\u001b[K${line}`)
    const { settled } = await drive({ driver, tripId, way, speed, everyMs: 1_000, signal: stop.signal, onProgress })
    console.log(`\n${settled} positions are in the history`)
    return
  }
  throw new RangeError('no company of the demo has this trip')
}

await run(main, () => {
  for (const tms of clients) tms.close()
})
