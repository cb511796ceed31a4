// What the station sounds like: alarm signals designed with reference to
// IEC 60601-1-8:2020, table 3 and 4, as one loop of samples for each priority.
import type { Priority } from '../api/types'

/** A burst of equal pulses, repeated every `period` seconds. */
export interface Pattern {
  /** Onset of each pulse within the burst, in seconds. */
  onsets: number[]
  /** Duration of a pulse, in seconds. */
  pulse: number
  /** From the start of one burst to the start of the next, in seconds. */
  period: number
  /** Lowest frequency of the pulse in hertz; its harmonics come above it. */
  fundamental: number
}

/** Onsets of groups of pulses: `gap` between pulses, `pause` between groups. */
function groups(sizes: number[], pulse: number, gap: number, pause: number): number[] {
  const onsets: number[] = []
  let at = 0
  for (const size of sizes) {
    for (let i = 0; i < size; i++) {
      onsets.push(at)
      at += pulse + (i < size - 1 ? gap : pause)
    }
  }
  return onsets
}

// The ten pulses of a high priority are 3-2, and after a longer rest 3-2 again.
const half = groups([3, 2], 0.15, 0.1, 0.35)
const second = (half.at(-1) ?? 0) + 0.15 + 0.6

export const patterns: Record<Priority, Pattern> = {
  high: { onsets: [...half, ...half.map((t) => t + second)], pulse: 0.15, period: 7, fundamental: 523.25 },
  medium: { onsets: groups([3], 0.2, 0.2, 0), pulse: 0.2, period: 12, fundamental: 440 },
  low: { onsets: groups([2], 0.2, 0.2, 0), pulse: 0.2, period: 25, fundamental: 349.23 },
}

/** Two long low tones: the station itself is no longer connected. */
export const lostPattern: Pattern = { onsets: [0, 0.6], pulse: 0.4, period: 8, fundamental: 311.13 }

/** Harmonic amplitudes: five components, each within 15 dB of the loudest. */
const harmonics = [1, 0.7, 0.55, 0.45, 0.35]
const loudness = 0.85 / harmonics.reduce((sum, a) => sum + a, 0)
const ramp = 0.012 // seconds of rise and fall, against clicks

/** One period of the pattern, between -1 and 1, to be looped by the audio thread. */
export function render(p: Pattern, sampleRate: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(Math.round(p.period * sampleRate))
  const length = Math.round(p.pulse * sampleRate)
  for (const onset of p.onsets) {
    const start = Math.round(onset * sampleRate)
    for (let i = 0; i < length && start + i < out.length; i++) {
      const t = i / sampleRate
      const envelope = Math.min(1, t / ramp, (p.pulse - t) / ramp)
      let sample = 0
      harmonics.forEach((a, n) => (sample += a * Math.sin(2 * Math.PI * p.fundamental * (n + 1) * t)))
      out[start + i] = sample * envelope * loudness
    }
  }
  return out
}
