import { describe, expect, test } from 'vitest'
import { DEAD_MAN_S, Ringer } from './ringer.svelte'

/** An audio output that a browser keeps suspended until `allowed`. */
class FakeAudio extends EventTarget {
  state: AudioContextState = 'suspended'
  allowed = false
  currentTime = 0
  sampleRate = 8000
  destination = {}
  playing = new Set<{ start: number; buffer: { length: number } | null }>()

  async resume(): Promise<void> {
    if (this.allowed) this.#become('running')
  }

  interrupt(): void {
    this.#become('suspended')
  }

  #become(state: AudioContextState): void {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }

  createBuffer(_channels: number, length: number) {
    return { length, copyToChannel() {} }
  }

  createBufferSource() {
    const { playing } = this
    const voice = { start: -1, buffer: null as { length: number } | null }
    return {
      set buffer(b: { length: number }) {
        voice.buffer = b
      },
      loop: false,
      connect: (to: unknown) => to,
      disconnect() {},
      start(at: number) {
        voice.start = at
        playing.add(voice)
      },
      stop: () => playing.delete(voice),
    }
  }
}

function setUp() {
  const audio = new FakeAudio()
  return { audio, ringer: new Ringer(() => audio as unknown as AudioContext) }
}

describe('J2: the sound', () => {
  test('is off, and says so, until the browser lets it run', async () => {
    const { audio, ringer } = setUp()
    expect(ringer.sound).toBe('off')
    await ringer.arm()
    expect(ringer.sound).toBe('off')
    audio.allowed = true
    await ringer.arm()
    expect(ringer.sound).toBe('on')
  })

  test('is off again when the system takes it away', async () => {
    const { audio, ringer } = setUp()
    audio.allowed = true
    await ringer.arm()
    audio.interrupt()
    expect(ringer.sound).toBe('off')
  })

  test('is off when the audio clock stands, although the browser says that it runs', async () => {
    const { audio, ringer } = setUp()
    audio.allowed = true
    await ringer.arm()
    ringer.check()
    audio.currentTime = 1
    ringer.check()
    expect(ringer.sound).toBe('on')
    ringer.check()
    expect(ringer.sound).toBe('off')
    audio.currentTime = 2
    ringer.check()
    expect(ringer.sound).toBe('on')
  })

  test('is off on a machine without audio', () => {
    const ringer = new Ringer(() => {
      throw new Error('no device')
    })
    ringer.ring('high')
    ringer.lost()
    ringer.check()
    expect(ringer.sound).toBe('off')
  })

  test('an alarm that came while the sound was off is heard at the first click', async () => {
    const { audio, ringer } = setUp()
    ringer.ring('high')
    audio.allowed = true
    await ringer.arm()
    expect(ringer.sound).toBe('on')
    expect(audio.playing.size).toBe(1)
  })

  test('one alarm pattern sounds at a time, and none after the acknowledgement', () => {
    const { audio, ringer } = setUp()
    ringer.ring('low')
    ringer.ring('high')
    ringer.ring('high')
    expect(audio.playing.size).toBe(1)
    ringer.ring('none')
    expect(audio.playing.size).toBe(0)
  })

  test('the lost tone starts by itself unless each sign of life puts it off', () => {
    const { audio, ringer } = setUp()
    ringer.alive()
    audio.currentTime = 5
    ringer.alive()
    expect([...audio.playing].map((voice) => voice.start)).toEqual([5 + DEAD_MAN_S])
    expect(DEAD_MAN_S).toBeLessThan(10)
    ringer.silence()
    expect(audio.playing.size).toBe(0)
  })
})
