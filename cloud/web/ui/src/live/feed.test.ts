import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Feed, type Link, RETRY_MS, type Source } from './feed'

class Fake implements Source {
  closed = false
  #listeners = new Map<string, (event: MessageEvent<string>) => void>()

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(type, listener)
  }

  close(): void {
    this.closed = true
  }

  async send(type: string, data = '{}'): Promise<void> {
    this.#listeners.get(type)?.(new MessageEvent(type, { data }))
    await vi.advanceTimersByTimeAsync(0)
  }
}

function setUp() {
  const sources: Fake[] = []
  const links: Link[] = []
  const events: string[] = []
  const state = { snapshot: 'ok' as 'ok' | 'failed' | 'ended', snapshots: 0, ended: 0 }
  const feed = new Feed(
    () => {
      sources.push(new Fake())
      return sources.at(-1) as Fake
    },
    {
      event: (type) => events.push(type),
      link: (link) => links.push(link),
      snapshot: () => Promise.resolve(state.snapshot).finally(() => state.snapshots++),
      ended: () => state.ended++,
    },
  )
  return { feed, sources, links, events, state, last: () => sources.at(-1) as Fake }
}

describe('J2: the feed', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('is live only after the board was read', async () => {
    const { feed, links, state, last } = setUp()
    feed.start()
    expect(links).toEqual(['connecting'])
    await last().send('ping')
    expect(links).toEqual(['connecting'])
    await last().send('hello')
    expect(state.snapshots).toBe(1)
    expect(links.at(-1)).toBe('ok')
    feed.stop()
  })

  test('is lost within ten seconds of silence, and never before the pings can come', async () => {
    const { feed, links, last } = setUp()
    feed.start()
    await last().send('hello')
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(6_000) // one ping in between is late
      await last().send('ping')
    }
    expect(links.at(-1)).toBe('ok')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(links.at(-1)).toBe('lost')
    feed.stop()
  })

  test('is lost within ten seconds of doubt, whatever the stream says, unless the board can be read', async () => {
    for (const [snapshot, want] of [
      ['ok', 'ok'],
      ['failed', 'lost'],
    ] as const) {
      const { feed, links, state, last, sources } = setUp()
      feed.start()
      await last().send('hello')
      state.snapshot = snapshot
      feed.doubt()
      for (let i = 0; i < 9; i++) {
        await vi.advanceTimersByTimeAsync(1_000)
        if (!last().closed) await last().send(sources.length > 1 && i === 2 ? 'hello' : 'ping')
      }
      await vi.advanceTimersByTimeAsync(1_000)
      expect(links.at(-1)).toBe(want)
      feed.stop()
    }
  })

  test('is lost within ten seconds when the first connection hangs', async () => {
    const { feed, links } = setUp()
    feed.start()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(links.at(-1)).toBe('lost')
    feed.stop()
  })

  test('pings without a readable board are not a link', async () => {
    const { feed, links, state, last } = setUp()
    state.snapshot = 'failed'
    feed.start()
    for (let i = 0; i < 10; i++) {
      await last().send('hello')
      await last().send('ping')
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(links).not.toContain('ok')
    expect(links.at(-1)).toBe('lost')
    feed.stop()
  })

  test('comes back by itself and reads the board anew', async () => {
    const { feed, links, sources, state, last } = setUp()
    feed.start()
    await last().send('hello')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(links.at(-1)).toBe('lost')
    expect(sources.slice(0, -1).every((source) => source.closed)).toBe(true)
    await last().send('hello')
    expect(links.at(-1)).toBe('ok')
    expect(state.snapshots).toBe(2)
    feed.stop()
  })

  test('a short break is not shown as a loss', async () => {
    const { feed, links, last } = setUp()
    feed.start()
    await last().send('hello')
    await last().send('error')
    await vi.advanceTimersByTimeAsync(RETRY_MS)
    await last().send('hello')
    expect(links).toEqual(['connecting', 'ok', 'ok'])
    feed.stop()
  })

  test('breaks that follow each other do not put off the loss', async () => {
    const { feed, links, state, last } = setUp()
    feed.start()
    await last().send('hello')
    state.snapshot = 'failed'
    for (let i = 0; i < 5; i++) {
      await last().send('error')
      await vi.advanceTimersByTimeAsync(RETRY_MS)
    }
    expect(links.at(-1)).toBe('lost')
    feed.stop()
  })

  test('an ended session stops it', async () => {
    const { feed, sources, state, last } = setUp()
    feed.start()
    await last().send('hello')
    state.snapshot = 'ended'
    await last().send('error')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(state.ended).toBe(1)
    expect(sources).toHaveLength(1)
    expect(last().closed).toBe(true)
  })

  test('an event that cannot be read harms no other', async () => {
    const { feed, events, last } = setUp()
    feed.start()
    await last().send('hello')
    await last().send('alarm', '{"id":')
    await last().send('alarm', '{"id":1}')
    expect(events).toEqual(['hello', 'alarm'])
    feed.stop()
  })
})
