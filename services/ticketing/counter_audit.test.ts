import { expect } from 'vitest'
import { metadataOf, reasonOf } from '#kit'
import { placements } from '#kit/testing'
import { EntriesQuarantinedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import {
  EntryOutcome as Outcome,
  Quarantine_State as State,
  QuarantineReason as Reason,
} from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { type Counter, enrolledDevice, leased, type SentInit, type TestDevice } from './testing/counter.ts'
import { newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { refusal } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]
const oneAtATime = { placements: ['memory'] as const, timeoutMs: 90_000 }

/** The reasons that a batch is quarantined for, after a good first entry. */
async function reasonsOf(
  device: TestDevice,
  counter: Counter,
  office: Counter,
  entries: SentInit[],
): Promise<Reason[]> {
  const { results, quarantineId } = await counter.syncSales({ deviceId: device.deviceId, entries })
  const fresh = results.filter(({ outcome }) => outcome !== Outcome.RECORDED && outcome !== Outcome.SOLD)
  expect(new Set(fresh.map(({ outcome }) => outcome))).toEqual(new Set([Outcome.QUARANTINED]))
  const { quarantines } = await office.listQuarantines({ state: State.OPEN })
  const found = quarantines.find((one) => one.quarantineId === quarantineId)
  expect(found?.entryCount).toBe(fresh.length)
  return found?.reasons ?? []
}

const expense = (note: string) => ({
  case: 'expense' as const,
  value: { expenseId: newId(), category: 'fuel', amount: { currencyCode: 'RWF', units: 500n }, note },
})

placements(
  'an edited, a deleted, a reordered and a foreign entry, a moved clock, a wrong price and too many voids are each noticed: kept whole, told, and counted only when a manager says so [S2-98]',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company))
    const opened = { case: 'shiftOpen' as const, value: { float: { currencyCode: 'RWF', units: 0n } } }
    const begin = async () => {
      const made = await enrolledDevice(suite, company)
      made.device.write(opened)
      await made.counter.syncSales({ deviceId: made.device.deviceId, entries: made.device.journal })
      return made
    }

    const edited = await begin()
    const lunch = edited.device.write(expense('lunch'))
    edited.device.write(expense('fuel'))
    const forged = Uint8Array.from(lunch.body)
    forged[forged.length - 1] = forged.at(-1)! ^ 1
    const altered = [{ ...lunch, body: forged }, edited.device.journal[2]!]
    expect(await reasonsOf(edited.device, edited.counter, edited.office, altered)).toEqual([
      Reason.CHAIN_BROKEN,
      Reason.SIGNATURE_BAD,
    ])

    const deleted = await begin()
    for (const note of ['one', 'two', 'three']) deleted.device.write(expense(note))
    const [, , , third] = deleted.device.journal
    expect(await reasonsOf(deleted.device, deleted.counter, deleted.office, [third!])).toEqual([
      Reason.CHAIN_BROKEN,
      Reason.GAP,
    ])

    const reordered = await begin()
    for (const note of ['one', 'two']) reordered.device.write(expense(note))
    const backwards = [reordered.device.journal[2]!, reordered.device.journal[1]!]
    expect(await reasonsOf(reordered.device, reordered.counter, reordered.office, backwards)).toEqual([
      Reason.CHAIN_BROKEN,
      Reason.GAP,
    ])

    // A batch that another device sends as its own.
    const foreign = await begin()
    const replayed = edited.device.journal.slice(0, 1)
    expect(await reasonsOf(foreign.device, foreign.counter, foreign.office, replayed)).toContain(Reason.FOREIGN_ENTRY)

    // An entry of a number that was taken over, with other words.
    const forked = await begin()
    const other = forked.device.write(expense('before'), { sequence: 1n, previousHash: new Uint8Array(32) })
    expect(await reasonsOf(forked.device, forked.counter, forked.office, [other])).toContain(Reason.FORKED)

    const clock = await begin()
    clock.device.write(expense('later'), { time: new Date(suite.clock.now().getTime() - 60_000) })
    expect(await reasonsOf(clock.device, clock.counter, clock.office, clock.device.journal)).toEqual([
      Reason.CLOCK_MOVED_BACK,
    ])
    const ahead = await begin()
    ahead.device.write(expense('tomorrow'), { time: new Date(suite.clock.now().getTime() + 3_600_000) })
    expect(await reasonsOf(ahead.device, ahead.counter, ahead.office, ahead.device.journal)).toEqual([
      Reason.CLOCK_AHEAD,
    ])

    const cheap = await begin()
    const lease = await leased(cheap.counter, cheap.device, tripId!, ['3A', '3B'])
    cheap.device.sell(lease, lease.seats[0]!, { price: { currencyCode: 'RWF', units: 2_000n } })
    expect(await reasonsOf(cheap.device, cheap.counter, cheap.office, cheap.device.journal)).toEqual([
      Reason.PRICE_DIFFERS,
    ])

    const slips = await begin()
    const many = await leased(slips.counter, slips.device, tripId!, 5)
    const sold = many.seats.map((seat) => slips.device.sell(many, seat))
    for (const saleId of sold.slice(1)) {
      slips.device.write({ case: 'void', value: { voidId: newId(), saleId, reason: 'slip' } })
    }
    expect(await reasonsOf(slips.device, slips.counter, slips.office, slips.device.journal)).toEqual([
      Reason.TOO_MANY_VOIDS,
    ])

    const unreadable = await begin()
    expect(
      await reasonsOf(unreadable.device, unreadable.counter, unreadable.office, [
        { body: new Uint8Array([255, 1, 2]), signature: new Uint8Array(64) },
      ]),
    ).toEqual([Reason.MALFORMED])

    await suite.settle()
    const told = await suite.published(EntriesQuarantinedSchema)
    expect(new Set(told.map(({ deviceId }) => deviceId)).size).toBe(10)

    // Nothing of it counts: the books have no franc of it, nobody has a booking.
    expect(await suite.sql('payment')`select 1 from journal_transfer`).toHaveLength(0)
    expect(await suite.sql('ticketing')`select 1 from booking`).toHaveLength(0)

    // Released, it counts in the device's own order, and the device goes on.
    const { quarantines } = await slips.office.listQuarantines({ state: State.OPEN })
    const quarantineOf = ({ deviceId }: TestDevice) =>
      quarantines.find((one) => one.deviceId === deviceId)!.quarantineId
    const release = { quarantineId: quarantineOf(slips.device), release: true, note: 'a training day' }
    const { results } = await slips.office.decideQuarantine({ ...release, idempotencyKey: newId() })
    expect(results.map(({ outcome }) => outcome)).toEqual([
      ...sold.map(() => Outcome.SOLD),
      ...sold.slice(1).map(() => Outcome.RECORDED),
    ])
    const decidedBefore = slips.office.decideQuarantine({ ...release, idempotencyKey: newId() })
    await expect(decidedBefore).rejects.toSatisfy(
      (err) => reasonOf(err) === 'QUARANTINE_DECIDED' && metadataOf(err)['state'] === 'RELEASED',
    )
    slips.device.write(expense('after'))
    const after = await slips.counter.syncSales({
      deviceId: slips.device.deviceId,
      entries: slips.device.journal.slice(-1),
    })
    expect(after.results[0]?.outcome).toBe(Outcome.RECORDED)
    await suite.settle()
    await suite.advance({ seconds: 10 })
    const [cash] = await suite.sql('payment')<{ minor: string }[]>`
      select sum(case when debit_kind = 'CASH' then amount_minor else -amount_minor end) as minor
      from journal_transfer where 'CASH' in (credit_kind, debit_kind)`
    expect(cash?.minor).toBe('3000')

    const swapped = { quarantineId: quarantineOf(reordered.device), release: true, note: 'the network did it' }
    const { results: inOrder } = await reordered.office.decideQuarantine({ ...swapped, idempotencyKey: newId() })
    expect(inOrder.map(({ sequence, outcome }) => [sequence, outcome])).toEqual([
      [3n, Outcome.RECORDED],
      [2n, Outcome.RECORDED],
    ])

    // Of what was edited only what the device has signed can count; what is rejected is kept.
    const keep = quarantineOf(edited.device)
    const { results: partly } = await edited.office.decideQuarantine({
      ...{ quarantineId: keep, release: true, note: 'fuel was real' },
      idempotencyKey: newId(),
    })
    expect(partly.map(({ outcome }) => outcome)).toEqual([Outcome.REJECTED, Outcome.RECORDED])
    const { entries } = await edited.office.listQuarantinedEntries({ quarantineId: keep })
    expect(entries.map(({ signatureGood, content }) => [signatureGood, content?.sequence])).toEqual([
      [false, 2n],
      [true, 3n],
    ])
    expect(Buffer.from(entries[0]!.entry!.body)).toEqual(Buffer.from(forged))
    const rejected = { quarantineId: quarantineOf(cheap.device), release: false, note: 'half price is no price' }
    const { results: none } = await cheap.office.decideQuarantine({ ...rejected, idempotencyKey: newId() })
    expect(none.map(({ outcome }) => outcome)).toEqual([Outcome.REJECTED])
    expect(await refusal(cheap.office.listQuarantinedEntries({ quarantineId: newId() }))).toBe('QUARANTINE_UNKNOWN')
  },
  oneAtATime,
)

placements(
  'entries that are sent again, from any point, after a cut or by a stream, count once and are answered alike [S2-97]',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company))
    const { device, counter, office } = await enrolledDevice(suite, company)
    const lease = await leased(counter, device, tripId!, 12)
    for (const seat of lease.seats) device.sell(lease, seat)
    const send = (from: number, to: number) =>
      counter.syncSales({ deviceId: device.deviceId, entries: device.journal.slice(from, to) })
    // Side by side, as two tabs or a call that was thought lost would: each entry counts once.
    const [one, two] = await Promise.all([send(0, 5), send(0, 5)])
    expect(one.results).toEqual(two.results)
    const overlapping = await send(3, 8)
    expect(overlapping.results.slice(0, 2)).toEqual(one.results.slice(3))
    const batches = async function* () {
      for (const [from, to] of [
        [0, 4],
        [4, 10],
        [10, 12],
      ] as const) {
        yield { deviceId: device.deviceId, entries: device.journal.slice(from, to) }
      }
    }
    const heads: bigint[] = []
    for await (const { batch } of counter.streamSales(batches())) heads.push(batch!.journalSequence)
    expect(heads).toEqual([8n, 10n, 12n])
    await suite.settle()
    const { entries } = await office.listJournalEntries({ deviceId: device.deviceId, pageSize: 500 })
    expect(entries.map(({ sequence }) => Number(sequence))).toEqual(device.journal.map((_, i) => i + 1))
    expect(await suite.sql('ticketing')`select 1 from booking`).toHaveLength(12)
    expect(await suite.sql('payment')`select 1 from payment_intent where state = 'SUCCEEDED'`).toHaveLength(12)

    // The payment service was away while a batch came: it is posted once it is back, and once.
    await suite.sql('ticketing')`update pos_posting set post_time = null`
    await suite.runJob('ticketing', 'post-counter-sales')
    expect(await suite.sql('payment')`select 1 from journal_transfer where kind = 'CAPTURE'`).toHaveLength(12)
  },
  oneAtATime,
)
