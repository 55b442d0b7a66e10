import type { Sample } from '../domain/sample.ts'

/** What all positions of one reporting have in common. */
export type RowOwner = {
  readonly tenantId: string
  readonly busId: string
  readonly tripId: string | undefined
  readonly recordingId: string
}

/** The columns of a row, in their order. */
export const COLUMNS = `tenant_id, bus_id, trip_id, recording_id, sequence, sample_time, receive_time, latitude_degrees,
  longitude_degrees, accuracy_meters, speed_meters_per_second, heading_degrees, altitude_meters, ignition_on, fuel_percent,
  engine_temperature_celsius, door_open`

const FIELDS = 17
/** A row has 200 bytes at most. */
const MOST_ROW_BYTES = 200
const FIRST_BYTES = 16_384
const NULL = -1

/**
 * The head and the tail of a COPY in the binary format.
 * Source: https://www.postgresql.org/docs/current/sql-copy.html ("Binary Format").
 */
const HEAD = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const TAIL = Buffer.from([0xff, 0xff])
/** Timestamps are microseconds since 2000. */
const EPOCH_MS = Date.UTC(2000, 0, 1)

/** What begins every row of an owner. */
export function rowHead({ tenantId, busId, tripId, recordingId }: RowOwner): Buffer {
  const fields = [tenantId, busId, tripId, recordingId].map((id) => {
    if (id === undefined) return Buffer.from([0xff, 0xff, 0xff, 0xff])
    return Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from(id.replaceAll('-', ''), 'hex')])
  })
  return Buffer.concat([Buffer.from([0, FIELDS]), ...fields])
}

/** Rows of one day, as COPY takes them: written as they come, so that nothing of them waits for the disk but bytes. */
export class DayRows {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES)
  #view = viewOf(this.#bytes)
  #at: number
  #count = 0

  constructor() {
    this.#at = HEAD.copy(this.#bytes)
  }

  get count(): number {
    return this.#count
  }

  add(head: Uint8Array, sample: Sample, receiveTimeMs: number): void {
    if (this.#at + MOST_ROW_BYTES > this.#bytes.length) this.#grow()
    this.#bytes.set(head, this.#at)
    this.#at += head.length
    this.#int64(sample.sequence)
    this.#time(sample.timeMs)
    this.#time(receiveTimeMs)
    this.#double(sample.latitudeDegrees)
    this.#double(sample.longitudeDegrees)
    this.#real(sample.accuracyMeters)
    this.#real(sample.speedMetersPerSecond)
    this.#real(sample.headingDegrees)
    this.#real(sample.altitudeMeters)
    this.#flag(sample.ignitionOn)
    this.#real(sample.fuelPercent)
    this.#real(sample.engineTemperatureCelsius)
    this.#flag(sample.doorOpen)
    this.#count += 1
  }

  /** All of them, for a COPY in the binary format. */
  copy(): Buffer {
    return Buffer.concat([this.#bytes.subarray(0, this.#at), TAIL])
  }

  /** All of them as texts, for a statement that asks row by row. */
  texts(): (string | null)[][] {
    const rows: (string | null)[][] = []
    let at = HEAD.length
    while (at < this.#at) {
      const row: (string | null)[] = []
      at += 2
      for (let field = 0; field < FIELDS; field++) {
        const length = this.#view.getInt32(at)
        at += 4
        row.push(length === NULL ? null : textOf(field, this.#bytes.subarray(at, at + length)))
        at += Math.max(length, 0)
      }
      rows.push(row)
    }
    return rows
  }

  #grow(): void {
    const bytes = Buffer.allocUnsafe(2 * this.#bytes.length)
    this.#bytes.copy(bytes, 0, 0, this.#at)
    this.#bytes = bytes
    this.#view = viewOf(bytes)
  }

  /** Whole numbers up to 2^53. */
  #int64(value: number): void {
    const high = Math.floor(value / 2 ** 32)
    this.#view.setInt32(this.#at, 8)
    this.#view.setInt32(this.#at + 4, high)
    this.#view.setUint32(this.#at + 8, value - high * 2 ** 32)
    this.#at += 12
  }

  #time(ms: number): void {
    this.#int64((ms - EPOCH_MS) * 1_000)
  }

  #double(value: number): void {
    this.#view.setInt32(this.#at, 8)
    this.#view.setFloat64(this.#at + 4, value)
    this.#at += 12
  }

  /** No receiver is more exact than a hundredth. */
  #real(value: number | undefined): void {
    if (value === undefined) return this.#null()
    this.#view.setInt32(this.#at, 4)
    this.#view.setFloat32(this.#at + 4, Math.round(value * 100) / 100)
    this.#at += 8
  }

  #flag(value: boolean | undefined): void {
    if (value === undefined) return this.#null()
    this.#view.setInt32(this.#at, 1)
    this.#view.setUint8(this.#at + 4, value ? 1 : 0)
    this.#at += 5
  }

  #null(): void {
    this.#view.setInt32(this.#at, NULL)
    this.#at += 4
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer) => new DataView(buffer, byteOffset, byteLength)

/** The day of a sample in UTC, whose partition it is in, as a number of days since 1970. */
export const dayOf = ({ timeMs }: Sample): number => Math.floor(timeMs / 86_400_000)

/** A day's date, e.g. `2026-11-20`. */
export const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

const SEQUENCE = 4
const TIMES = new Set([5, 6])

/** The text of a field, told by its place and size. */
function textOf(field: number, bytes: Buffer): string {
  switch (bytes.length) {
    case 16:
      return bytes.toString('hex')
    case 8: {
      if (TIMES.has(field)) return new Date(Number(bytes.readBigInt64BE() / 1_000n) + EPOCH_MS).toISOString()
      return field === SEQUENCE ? bytes.readBigInt64BE().toString() : bytes.readDoubleBE().toString()
    }
    case 4:
      return bytes.readFloatBE().toString()
    default:
      return bytes[0] === 1 ? 'true' : 'false'
  }
}
