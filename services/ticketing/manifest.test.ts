import { expect } from 'vitest'
import { extractText } from 'unpdf'
import { placements } from '#kit/testing'
import { DriverUnassignedSchema } from '#gen/tms/company/v1/events_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { Ticket_State as TicketState } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { BoardingService, ExportManifestRequest_Format as Format } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { TicketBoardedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { assign, conductor, driver } from './testing/crew.ts'
import { newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, holdOf, passenger, PHONE, refusal, staff } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]

const labelsOf = (passengers: readonly { readonly entry?: { readonly seatLabel: string } }[]) =>
  passengers.map(({ entry }) => entry?.seatLabel).join(' ')

/** A booking with names as passengers write them. */
function named(tripId: string, seats: Record<string, string>, legs: readonly [number, number] = [0, 3]) {
  const hold = holdOf(tripId, Object.keys(seats).join(' '), legs)
  const passengers = Object.entries(seats).map(([seatLabel, name]) => ({ seatLabel, name }))
  return { ...hold, passengers }
}

placements(
  'the crew has the manifest by stop and class, finds and boards passengers by hand, and prints it; phones are for the office',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const rival = newCompany()
    const [tripId = '', other = ''] = await putOnSale(suite, tripOf(company), tripOf(company))
    const who = passenger()
    await bought(suite, who, named(tripId, { '3A': 'Éléonore Ng’ombe', '3B': 'Aline Mukeshimana' }))
    await bought(suite, who, named(tripId, { '1A': 'Jean-Baptiste Ŋaana' }, [1, 2]))
    await bought(suite, who, named(tripId, { '4A': '=cmd, "Ltd"' }, [0, 1]))
    const [own, strange] = [driver(company.tenantId), driver(company.tenantId)]
    const ids = await assign(suite, own, tripId)
    const crew = suite.client(BoardingService, own)

    const { manifest } = await crew.getManifest({ tripId })
    expect(manifest).toMatchObject({ busPlate: 'RAC123A', driverUserId: own.userId, routeName: 'Kigali - Huye' })
    expect(labelsOf(manifest!.passengers)).toBe('1A 3A 3B 4A')
    expect(manifest!.stops.map((stop) => [stop.boardingCount, stop.alightingCount])).toEqual([
      [3, 0],
      [1, 1],
      [0, 1],
      [0, 2],
    ])
    expect(manifest!.classes).toMatchObject([
      { seatClass: SeatClass.VIP, seatCount: 4, ticketCount: 1 },
      { seatClass: SeatClass.STANDARD, seatCount: 41, ticketCount: 3, boardedCount: 0 },
    ])
    const here = await crew.getManifest({ tripId, stopSequence: 1 })
    expect(labelsOf(here.manifest!.passengers)).toBe('1A 4A')

    // Whose trip it is, and whose phone.
    expect(manifest!.passengers[0]?.entry?.phone).toBe('+2507•••••56')
    const { entries } = await suite.client(TicketingService, own).listTripTickets({ tripId })
    expect(entries.map(({ phone }) => phone)).toEqual(Array(4).fill('+2507•••••56'))
    const office = suite.client(BoardingService, staff(company.tenantId))
    expect((await office.getManifest({ tripId })).manifest?.passengers[0]?.entry?.phone).toBe(PHONE)
    await suite.client(BoardingService, conductor(company.tenantId)).getManifest({ tripId })
    const strangers = suite.client(BoardingService, strange)
    expect(await refusal(strangers.getManifest({ tripId }))).toBe('NOT_YOUR_TRIP')
    expect(await refusal(strangers.exportManifest({ tripId, format: Format.CSV }))).toBe('NOT_YOUR_TRIP')
    expect(await refusal(suite.client(BoardingService, driver(rival.tenantId)).getManifest({ tripId }))).toBe(
      'TRIP_UNKNOWN',
    )

    // Whoever comes without a code.
    for (const [text, found] of [
      ['eleonore', '3A'],
      ['mukeshimana aline', '3B'],
      ['3b', '3B'],
      ['nobody', ''],
    ] as const) {
      expect(labelsOf((await crew.findPassengers({ tripId, text })).passengers)).toBe(found)
    }
    const aline = manifest!.passengers[2]!.entry!
    const ticketId = aline.ticket!.ticketId
    expect(labelsOf((await crew.findPassengers({ tripId, text: aline.ticket!.ticketNumber })).passengers)).toBe('3B')
    expect(await crew.setPassengerNote({ ticketId, note: ' wheelchair ' })).toMatchObject({ note: 'wheelchair' })
    const boarding = { scanId: newId(), ticketId, tripId, stopSequence: 1 }
    expect((await crew.boardPassenger(boarding)).entry?.ticket?.state).toBe(TicketState.BOARDED)
    expect(await refusal(crew.boardPassenger({ ...boarding, scanId: newId() }))).toBe('ALREADY_BOARDED')
    expect(await refusal(office.boardPassenger({ ...boarding, scanId: newId(), tripId: other }))).toBe('WRONG_TRIP')
    expect(await suite.published(TicketBoardedSchema)).toMatchObject([{ ticketId, deviceId: '', stopSequence: 1 }])
    expect(await refusal(strangers.setPassengerNote({ ticketId, note: 'x' }))).toBe('NOT_YOUR_TRIP')
    expect(await refusal(crew.setPassengerNote({ ticketId: newId(), note: 'x' }))).toBe('TICKET_UNKNOWN')

    // On paper and in a spreadsheet.
    const csv = await office.exportManifest({ tripId, format: Format.CSV, language: 'rw' })
    expect(csv).toMatchObject({ mediaType: 'text/csv; charset=utf-8', fileName: 'manifest-2026-11-20-RAC123A.csv' })
    const lines = new TextDecoder().decode(csv.content).split('\r\n')
    expect(lines[0]).toBe('Umwanya,Icyiciro,Izina,Ava,Ajya,Telefone,Itike,Uko bimeze,Imizigo,Icyitonderwa')
    expect(lines[3]).toBe(
      `3B,Isanzwe,Aline Mukeshimana,Nyabugogo,Huye Bus Park,${PHONE},${aline.ticket!.ticketNumber},yinjiye,,wheelchair`,
    )
    expect(lines[4]).toContain(`"'=cmd, ""Ltd"""`)
    const pdf = await crew.exportManifest({ tripId, format: Format.PDF, language: 'fr' })
    expect(pdf).toMatchObject({ mediaType: 'application/pdf', fileName: 'manifest-2026-11-20-RAC123A.pdf' })
    const { text } = await extractText(new Uint8Array(pdf.content), { mergePages: true })
    const page = text.replace(/\s+/g, ' ')
    for (const said of [
      'Liste des passagers · Ikivu Coaches',
      'Kigali - Huye → Huye',
      'Départ: 2026-11-20 10:00',
      `Bus: RAC123A Chauffeur: ${own.userId}`,
      'VIP 4 1 0 0',
      'Standard 41 3 1 0',
      'Nyabugogo 10:00 3 0 1',
      'Muhanga 11:00 1 1 0',
      'Éléonore Ng’ombe',
      'Jean-Baptiste Ŋaana',
      '+2507•••••56',
      'à bord',
    ]) {
      expect(page).toContain(said)
    }
    expect(page).not.toContain(PHONE)

    await suite.publish(DriverUnassignedSchema, tripId, ids)
    await suite.settle()
    expect(await refusal(crew.getManifest({ tripId }))).toBe('NOT_YOUR_TRIP')
  },
  { placements: ['memory'] },
)
