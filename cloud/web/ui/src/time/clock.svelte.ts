// The service's clock, as this page knows it: ages must not depend on how the
// station's own clock is set.

/** Server time by the monotonic clock of the page, ticking every second. */
class Clock {
  /** Milliseconds since 1970, by the service's clock. Moves once a second. */
  now = $state(Date.now())
  #offset = Date.now() - performance.now()

  /** Takes over what the service said its time is. */
  set(now: string): void {
    const at = Date.parse(now)
    if (!Number.isNaN(at)) this.#offset = at - performance.now()
    this.tick()
  }

  tick(): void {
    this.now = this.#offset + performance.now()
  }

  /** The time now, for those who must not run again with every tick. */
  peek(): number {
    return this.#offset + performance.now()
  }

  /** Seconds since `at`. */
  age(at: string): number {
    return (this.now - Date.parse(at)) / 1000
  }

  /** Ticks until the returned function is called. */
  run(): () => void {
    const timer = setInterval(() => this.tick(), 1000)
    return () => clearInterval(timer)
  }
}

export const clock = new Clock()
