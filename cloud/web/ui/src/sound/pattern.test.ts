import { describe, expect, test } from 'vitest'
import { lostPattern, patterns, render } from './pattern'

const rate = 16_000

/** Amplitude of one frequency in the samples (Goertzel). */
function amplitude(samples: Float32Array, hertz: number): number {
  const w = (2 * Math.PI * hertz) / rate
  let a = 0
  let b = 0
  for (const x of samples) [a, b] = [x + 2 * Math.cos(w) * a - b, a]
  return (2 * Math.sqrt(a * a + b * b - 2 * Math.cos(w) * a * b)) / samples.length
}

/** Starts of the pulses that are really in the samples, in seconds. */
function pulses(samples: Float32Array): number[] {
  const quiet = rate * 0.03
  const starts: number[] = []
  let silence = Infinity
  samples.forEach((x, i) => {
    if (Math.abs(x) < 1e-4) silence++
    else {
      if (silence > quiet) starts.push(i / rate)
      silence = 0
    }
  })
  return starts
}

describe('alarm sounds', () => {
  test('a high priority is ten pulses, 3-2 and 3-2, within ten seconds', () => {
    const starts = pulses(render(patterns.high, rate))
    expect(starts).toHaveLength(10)
    const gaps = starts.slice(1).map((t, i) => t - (starts[i] ?? 0))
    const long = gaps.map((gap, i) => (gap > 0.3 ? i + 1 : 0)).filter(Boolean)
    expect(long).toEqual([3, 5, 8])
    expect(gaps[4]).toBeGreaterThan(gaps[2] ?? 0)
    expect(patterns.high.period).toBeLessThanOrEqual(10)
  })

  test('a medium priority is three slower pulses, a low one two', () => {
    expect(pulses(render(patterns.medium, rate))).toHaveLength(3)
    expect(pulses(render(patterns.low, rate))).toHaveLength(2)
    expect(patterns.medium.period).toBeLessThanOrEqual(25)
    expect(patterns.low.period).toBeLessThanOrEqual(30)
    expect(patterns.medium.pulse).toBeGreaterThan(patterns.high.pulse)
  })

  test.each([...Object.entries(patterns), ['lost', lostPattern] as const])('%s has four harmonics from 300 to 4000 Hz within 15 dB', (_, p) => {
    const start = Math.round((p.onsets[0] ?? 0) * rate)
    const pulse = render(p, rate).slice(start, start + Math.round(p.pulse * rate))
    const levels = [1, 2, 3, 4, 5].map((n) => n * p.fundamental).filter((f) => f >= 300 && f <= 4000).map((f) => amplitude(pulse, f))
    expect(levels.length).toBeGreaterThanOrEqual(4)
    const loudest = Math.max(...levels)
    expect(levels.every((level) => 20 * Math.log10(level / loudest) > -15)).toBe(true)
    expect(amplitude(pulse, p.fundamental * 1.5)).toBeLessThan(loudest / 4)
  })

  test('nothing clips', () => {
    for (const p of [...Object.values(patterns), lostPattern]) {
      expect(render(p, rate).reduce((max, x) => Math.max(max, Math.abs(x)), 0)).toBeLessThanOrEqual(1)
    }
  })
})
