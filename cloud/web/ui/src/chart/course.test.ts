import { describe, expect, test } from 'vitest'
import type { Series, Vital } from '../api/types'
import { append, course, extent, gaps, isolated, range } from './course'

const t0 = Date.parse('2026-11-22T02:00:00Z') / 1000
const iso = (offset: number) => new Date((t0 + offset) * 1000).toISOString()

function series(values: (number | null)[], every_s = 60): Series {
  const points = values.map((value, i) => ({ at: iso(i * every_s), value, min: value && value - 1, max: value && value + 1, quality: value && 90 }))
  return { metric: 'heart_rate', unit: '/min', every_s, points }
}

const vital = (offset: number, value: number, implausible = false): Vital => ({
  metric: 'heart_rate', unit: '/min', value, quality: 90, at: iso(offset), age_s: 0, stale: false, implausible,
})

describe('I3: gaps stay gaps', () => {
  test('a null is never replaced or dropped', () => {
    const c = course(series([70, null, null, 72]))
    expect(c.value).toEqual([70, null, null, 72])
    expect(gaps(c, t0, t0 + 240)).toEqual([[t0 + 60, t0 + 180]])
  })

  test('intervals that the answer leaves out are a gap as well', () => {
    const s = series([70, 71, 72, 73, 74])
    s.points.splice(1, 3)
    const c = course(s)
    expect(c.value).toEqual([70, null, 74])
    expect(gaps(c, t0, t0 + 300)).toHaveLength(1)
  })

  test('silence at the end is a gap, and so is silence at the beginning', () => {
    expect(gaps(course(series([70, 71])), t0 - 600, t0 + 600)).toEqual([
      [t0 - 600, t0],
      [t0 + 120, t0 + 600],
    ])
    expect(gaps(course(series([])), t0, t0 + 600)).toEqual([[t0, t0 + 600]])
  })

  test('a live value after a silence does not join what was before', () => {
    const c = append(course(series([70, 71])), vital(600, 75))
    expect(c.value).toEqual([70, 71, null, 75])
  })

  test('a single value between gaps is drawn as a dot', () => {
    expect(isolated([null, 70, null, 71, 72, null, 73])).toEqual([1, 6])
  })
})

test('live values are appended once and in order', () => {
  const c = course(series([70, 71, null]))
  const next = append(append(c, vital(100, 72)), vital(100, 72))
  expect(next.value).toEqual([70, 71, 72])
  expect(append(next, vital(50, 99))).toBe(next)
  expect(append(next, vital(110, 300, true)).value.at(-1)).toBeNull()
  expect(c.value).toHaveLength(3)
})

test('the axis shows the usual range, and more where the values need it', () => {
  expect(range('spo2', 96, 99)).toEqual([85, 100])
  expect(range('spo2', 71, 99)).toEqual([70, 100])
  expect(range('heart_rate', null, null)).toEqual([40, 120])
  expect(range('heart_rate', 35, 141)).toEqual([30, 150])
})

test('the extent counts what was measured', () => {
  expect(extent(course(series([70, null, 75])))).toEqual({ n: 2, low: 69, high: 76 })
  expect(extent(course(series([null])))).toEqual({ n: 0, low: null, high: null })
})
