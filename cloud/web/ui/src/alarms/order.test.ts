import { describe, expect, test } from 'vitest'
import { alarm } from '../../test/alarm'
import type { Alarm, Priority } from '../api/types'
import { byUrgency, openAlarms, ringing } from './order'

/** A small repeatable generator (mulberry32), so that a failure can be run again. */
function random(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const priorities: Priority[] = ['high', 'medium', 'low']
const states: Alarm['state'][] = ['suspected', 'raised', 'acknowledged', 'on_site', 'closed']

function some(seed: number, count: number): Alarm[] {
  const r = random(seed)
  return Array.from({ length: count }, (_, id) => {
    const state = states[r(states.length)] ?? 'raised'
    return alarm({
      id,
      priority: priorities[r(3)] ?? 'low',
      state,
      technical: r(2) === 1,
      ringing: state === 'raised',
      onset: new Date(Date.UTC(2026, 10, 22, 2, r(60), r(60))).toISOString(),
    })
  })
}

describe('J1: open alarms', () => {
  test('every open one is shown, and no call of a lower priority before a higher, suspicions last, whatever the order of arrival', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const all = some(seed, 40)
      const shown = openAlarms(all)
      expect(new Set(shown.map((a) => a.id))).toEqual(new Set(all.filter((a) => a.state !== 'closed').map((a) => a.id)))
      const rank = shown.map((a) => priorities.indexOf(a.priority) + (a.state === 'suspected' ? 3 : 0))
      expect(rank, `seed ${seed}`).toEqual([...rank].sort((a, b) => a - b))
      expect(openAlarms([...all].reverse()).map((a) => a.id), `seed ${seed}`).toEqual(shown.map((a) => a.id))
    }
  })

  test('within a priority the unanswered stand first, and of these who waits longest', () => {
    const shown = openAlarms([
      alarm({ id: 1, state: 'acknowledged', onset: '2026-11-22T01:00:00Z' }),
      alarm({ id: 2, onset: '2026-11-22T02:00:00Z' }),
      alarm({ id: 3, onset: '2026-11-22T01:30:00Z' }),
      alarm({ id: 4, technical: true, kind: 'source_stale', onset: '2026-11-22T00:30:00Z' }),
    ])
    expect(shown.map((a) => a.id)).toEqual([3, 2, 4, 1])
  })

  test('two alarms never compare as equal', () => {
    const [a, b] = [alarm({ id: 1 }), alarm({ id: 2 })]
    expect(byUrgency(a, b)).toBeLessThan(0)
    expect(byUrgency(b, a)).toBeGreaterThan(0)
  })
})

test('the station sounds for the highest priority that nobody has acknowledged', () => {
  expect(ringing([])).toBe('none')
  expect(ringing([alarm({ priority: 'low' }), alarm({ priority: 'medium' })])).toBe('medium')
  expect(ringing([alarm({ state: 'acknowledged', ringing: false }), alarm({ priority: 'low' })])).toBe('low')
  expect(ringing([alarm({ state: 'suspected', ringing: false })])).toBe('none')
})
