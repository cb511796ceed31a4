// The course of one metric, ready to be drawn. What was not measured stays
// null, so that no line is ever drawn across it (requirement I3).
import type { Series, Vital } from '../api/types'

type Column = (number | null)[]

/** Columns of equal length; `x` in seconds since 1970. */
export interface Course {
  x: number[]
  value: Column
  min: Column
  max: Column
  /** Seconds between points. */
  every: number
}

/** Columns of a series; a hole between two points becomes a point of nulls. */
export function course(series: Series): Course {
  const c: Course = { x: [], value: [], min: [], max: [], every: series.every_s }
  for (const point of series.points) {
    push(c, Date.parse(point.at) / 1000, point.value, point.min, point.max)
  }
  return c
}

/** The same course with a value that has just been measured, where it is newer. */
export function append(c: Course, vital: Vital): Course {
  const at = vital.at ? Date.parse(vital.at) / 1000 : NaN
  // Not newer than what is drawn, or inside the interval of the last mean.
  if (!(at > last(c))) return c
  const next: Course = { ...c, x: [...c.x], value: [...c.value], min: [...c.min], max: [...c.max] }
  const value = vital.implausible ? null : vital.value
  push(next, at, value, value, value)
  return next
}

function last(c: Course): number {
  const i = c.value.findLastIndex((v) => v !== null)
  return i < 0 ? -Infinity : (c.x[i] ?? -Infinity)
}

function push(c: Course, x: number, value: number | null, min: number | null, max: number | null): void {
  while ((c.x.at(-1) ?? -Infinity) >= x) for (const column of [c.x, c.value, c.min, c.max]) column.pop() // empty intervals of the future
  const before = c.x.at(-1)
  if (before !== undefined && x - before > 1.5 * c.every + 30) add(c, before + c.every, null, null, null)
  add(c, x, value, min, max)
}

function add(c: Course, x: number, value: number | null, min: number | null, max: number | null): void {
  c.x.push(x)
  c.value.push(value)
  c.min.push(min)
  c.max.push(max)
}

/** Where nothing was measured between `from` and `to`, in seconds, as pairs. */
export function gaps(c: Course, from: number, to: number): [number, number][] {
  const found: [number, number][] = []
  let end = from // up to here something is known
  c.x.forEach((x, i) => {
    if (c.value[i] === null || x + c.every < from || x > to) return
    if (x - end > 1.5 * c.every + 1) found.push([end, x])
    end = Math.max(end, x + c.every)
  })
  if (to - end > 1.5 * c.every + 30) found.push([end, to])
  return found
}

/** Indices of values with nothing on either side: a line cannot show them, so they are drawn as dots. */
export function isolated(value: Column): number[] {
  return value.flatMap((v, i) => (v !== null && (value[i - 1] ?? null) === null && (value[i + 1] ?? null) === null ? [i] : []))
}

/** What an axis shows at least, by metric; data widen it. */
const usual: Record<string, [number, number]> = {
  heart_rate: [40, 120],
  pulse_rate: [40, 120],
  spo2: [85, 100],
  respiratory_rate: [5, 30],
}

/** The range of the axis for values between `low` and `high`. */
export function range(metric: string, low: number | null, high: number | null): [number, number] {
  const [a, b] = usual[metric] ?? [low ?? 0, high ?? 1]
  const step = metric === 'spo2' ? 5 : 10
  const [min, max] = [Math.min(a, low ?? a), Math.max(b, high ?? b)]
  const top = Math.ceil(max / step) * step
  return [Math.floor(min / step) * step, metric === 'spo2' ? Math.min(100, top) : top]
}

/** Values, lowest and highest, for those who cannot see the line. */
export function extent(c: Course): { n: number; low: number | null; high: number | null } {
  const values = c.value.filter((v) => v !== null)
  const least = [...c.min.filter((v) => v !== null), ...values]
  const most = [...c.max.filter((v) => v !== null), ...values]
  return { n: values.length, low: least.length ? Math.min(...least) : null, high: most.length ? Math.max(...most) : null }
}
