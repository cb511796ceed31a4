// The link is believed only while something is heard on it: requirement J2.

/** Silence after which the link counts as lost. The service speaks every 3 s; the limit of J2 is 10 s. */
export const SILENCE_MS = 8_000

/** Calls `lost` once when nothing was heard for `limit` milliseconds. */
export class Watchdog {
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #lost: () => void
  readonly #limit: number

  constructor(lost: () => void, limit: number = SILENCE_MS) {
    this.#lost = lost
    this.#limit = limit
  }

  /** Something was heard: the wait begins anew. */
  heard(): void {
    this.stop()
    this.#timer = setTimeout(this.#lost, this.#limit)
  }

  /** Ends the wait. */
  stop(): void {
    clearTimeout(this.#timer)
  }
}
