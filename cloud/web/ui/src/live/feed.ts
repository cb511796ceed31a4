// The feed: one stream of events, believed only after the board was read anew,
// and lost when it is silent. It connects again by itself for as long as it runs.
import { Watchdog } from './watchdog'

export type Link = 'connecting' | 'ok' | 'lost'

/** What a feed needs of an EventSource. */
export interface Source {
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void
  close(): void
}

/** What a feed tells; `snapshot` reads the board and says how that went. */
export interface Ears {
  event(type: string, data: unknown): void
  link(state: Link): void
  snapshot(): Promise<'ok' | 'failed' | 'ended'>
  /** The session has ended: the feed has stopped for good. */
  ended(): void
}

export const EVENTS = ['hello', 'ping', 'alarm', 'vitals', 'gateway']

/** Wait between two attempts, in milliseconds. */
export const RETRY_MS = 2_000

export class Feed {
  readonly #open: () => Source
  readonly #ears: Ears
  readonly #watchdog = new Watchdog(() => this.#lose())
  #source: Source | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #synced = false
  #running = false

  constructor(open: () => Source, ears: Ears) {
    this.#open = open
    this.#ears = ears
  }

  start(): void {
    this.#running = true
    this.#ears.link('connecting')
    this.#connect()
    this.#watchdog.heard() // the first connection has as long as any silence
  }

  stop(): void {
    this.#running = false
    this.#watchdog.stop()
    this.#disconnect()
  }

  /** What the service answers otherwise is bad: connect and read anew, or be lost. */
  doubt(): void {
    if (this.#running && this.#synced) this.#again()
  }

  #disconnect(): void {
    clearTimeout(this.#retry)
    this.#synced = false
    this.#source?.close()
    this.#source = undefined
  }

  #connect(): void {
    this.#disconnect()
    const source = this.#open()
    this.#source = source
    for (const type of EVENTS) {
      source.addEventListener(type, (event) => {
        if (this.#source === source) this.#heard(source, type, event.data)
      })
    }
    source.addEventListener('error', () => {
      if (this.#source === source) void this.#broken()
    })
  }

  #heard(source: Source, type: string, text: string): void {
    let data: unknown
    try {
      data = JSON.parse(text)
    } catch {
      return // one bad event harms no other; silence would be noticed
    }
    this.#ears.event(type, data)
    if (type === 'hello') void this.#sync(source)
    if (this.#synced) this.#watchdog.heard()
  }

  /** Reads the board: events that came before it may have been missed. */
  async #sync(source: Source): Promise<void> {
    const result = await this.#ears.snapshot()
    if (this.#source !== source) return
    if (result === 'ended') return this.#end()
    if (result === 'failed') return this.#again()
    this.#synced = true
    this.#watchdog.heard()
    this.#ears.link('ok')
  }

  /** The stream broke; a stream refuses without a reason, so the board is asked for one. */
  async #broken(): Promise<void> {
    this.#disconnect()
    this.#again()
    if ((await this.#ears.snapshot()) === 'ended' && this.#running) this.#end()
  }

  #again(): void {
    this.#disconnect()
    this.#retry = setTimeout(() => this.#connect(), RETRY_MS)
  }

  #lose(): void {
    this.#ears.link('lost')
    this.#connect()
    this.#watchdog.heard() // an attempt that hangs is given up like a silence
  }

  #end(): void {
    this.stop()
    this.#ears.ended()
  }
}
