/** Appends, and forgets the oldest beyond `limit`: memory stays bounded however long the sandbox runs. */
export function keepNewest<T>(list: T[], item: T, limit: number): void {
  list.push(item)
  if (list.length > limit) list.shift()
}

/** A map that forgets its oldest entries beyond `limit`, telling `forgotten` so that other indexes can follow. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #limit: number
  readonly #forgotten: (value: V) => void

  constructor(limit: number, forgotten: (value: V) => void = () => undefined) {
    super()
    this.#limit = limit
    this.#forgotten = forgotten
  }

  override set(key: K, value: V): this {
    super.set(key, value)
    if (this.size > this.#limit) this.#forgetOldest()
    return this
  }

  #forgetOldest(): void {
    for (const [key, value] of this) {
      this.delete(key)
      return this.#forgotten(value)
    }
  }
}
