// The station's voice. Sounds are loops on the audio thread: they go on when
// the page is busy or its timers are throttled in the background, and the
// "link lost" tone is a dead man's switch that starts by itself unless every
// sign of life puts it off.
import type { Priority } from '../api/types'
import { type Pattern, lostPattern, patterns, render } from './pattern'

/** Seconds without a sign of life until the lost tone sounds: within the 10 s of J2. */
export const DEAD_MAN_S = 9

type Voice = { source: AudioBufferSourceNode; name: string }

export class Ringer {
  /** Whether a sound would be heard: never "on" on hope alone. */
  sound = $state<'on' | 'off'>('off')
  readonly #context: AudioContext | undefined
  readonly #buffers = new Map<Pattern, AudioBuffer>()
  #alarm: Voice | undefined
  #deadMan: AudioBufferSourceNode | undefined
  #lastTime = -1

  /** `make` opens the audio output; browsers let it run only after a click. */
  constructor(make: () => AudioContext = () => new AudioContext()) {
    try {
      this.#context = make()
    } catch {
      return // no audio device: the sound stays visibly off
    }
    this.#context.addEventListener('statechange', () => this.#look())
    this.#look()
  }

  #look(): void {
    this.sound = this.#context?.state === 'running' ? 'on' : 'off'
  }

  /** To be called at a click or a key: switches the sound on if the browser lets it. */
  async arm(): Promise<void> {
    await this.#context?.resume().catch(() => undefined)
    this.#look()
  }

  /** To be called about every second or slower: a clock that stands is no sound. */
  check(): void {
    const time = this.#context?.currentTime ?? -1
    if (this.#context?.state === 'running' && time === this.#lastTime) this.sound = 'off'
    else this.#look()
    this.#lastTime = time
  }

  /** Sounds the pattern of `priority` until told otherwise. */
  ring(priority: Priority | 'none'): void {
    if (this.#alarm?.name === priority) return
    stop(this.#alarm?.source)
    this.#alarm = undefined
    if (priority === 'none') return
    const source = this.#play(patterns[priority], true)
    if (source) this.#alarm = { source, name: priority }
  }

  /** A sign of life: the lost tone is put off. */
  alive(): void {
    stop(this.#deadMan)
    this.#deadMan = this.#play(lostPattern, true, DEAD_MAN_S)
  }

  /** The link is known to be lost: the tone need not wait. */
  lost(): void {
    stop(this.#deadMan)
    this.#deadMan = this.#play(lostPattern, true)
  }

  /** Plays one burst and says whether it really went out of the mixer. */
  async test(): Promise<boolean> {
    await this.arm()
    const context = this.#context
    if (!context || this.sound === 'off') return false
    const meter = context.createAnalyser()
    const source = this.#play(patterns.medium, false, 0, meter)
    if (!source) return false
    const samples = new Float32Array(meter.fftSize)
    const heard = await new Promise<boolean>((resolve) => {
      const end = setTimeout(() => done(false), 1500)
      const look = setInterval(() => {
        meter.getFloatTimeDomainData(samples)
        if (samples.some((x) => Math.abs(x) > 0.05)) done(true)
      }, 20)
      function done(result: boolean): void {
        clearTimeout(end)
        clearInterval(look)
        resolve(result)
      }
    })
    setTimeout(() => stop(source), 2000)
    return heard
  }

  /** Silence, for the end of the session. */
  silence(): void {
    this.ring('none')
    stop(this.#deadMan)
    this.#deadMan = undefined
  }

  #play(pattern: Pattern, loop: boolean, after = 0, through?: AnalyserNode): AudioBufferSourceNode | undefined {
    const context = this.#context
    if (!context) return undefined
    const source = context.createBufferSource()
    source.buffer = this.#buffer(context, pattern)
    source.loop = loop
    if (through) source.connect(through).connect(context.destination)
    else source.connect(context.destination)
    source.start(after > 0 ? context.currentTime + after : 0)
    return source
  }

  #buffer(context: AudioContext, pattern: Pattern): AudioBuffer {
    let buffer = this.#buffers.get(pattern)
    if (!buffer) {
      buffer = context.createBuffer(1, Math.round(pattern.period * context.sampleRate), context.sampleRate)
      buffer.copyToChannel(render(pattern, context.sampleRate), 0)
      this.#buffers.set(pattern, buffer)
    }
    return buffer
  }
}

function stop(source: AudioBufferSourceNode | undefined): void {
  source?.stop()
  source?.disconnect()
}
