// The signal around an alarm, ready to be drawn.
import type { Signal } from '../api/types'

/** The channels of one unit share a drawing. */
export interface Drawing {
  unit: string
  names: string[]
  /** Seconds after the onset. */
  x: number[]
  values: (number | null)[][]
}

/** Times are seconds after `onset`, so that the reader sees what was before and what after. */
export function drawings(signal: Signal, onset: Date): Drawing[] {
  const before = (Date.parse(signal.start) - onset.getTime()) / 1000
  const length = Math.max(0, ...signal.channels.map((channel) => channel.values.length))
  const at = (i: number) => before + (signal.rate > 0 ? i / signal.rate : (signal.offsets[i] ?? i))
  const x = Array.from({ length }, (_, i) => at(i))
  const units = [...new Set(signal.channels.map((channel) => channel.unit))]
  return units.map((unit) => {
    const same = signal.channels.filter((channel) => channel.unit === unit)
    return { unit, names: same.map((channel) => channel.name), x, values: same.map((channel) => x.map((_, i) => channel.values[i] ?? null)) }
  })
}
