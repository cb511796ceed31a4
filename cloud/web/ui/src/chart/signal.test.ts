import { expect, test } from 'vitest'
import type { Signal } from '../api/types'
import { drawings } from './signal'

const onset = new Date('2026-11-22T02:13:05Z')

const signal: Signal = {
  start: '2026-11-22T02:13:04Z',
  rate: 2,
  offsets: [],
  channels: [
    { name: 'ax', unit: '[g]', values: [0, 1, null, 3] },
    { name: 'gx', unit: 'deg/s', values: [10] },
    { name: 'ay', unit: '[g]', values: [1, 1, 1, 1] },
  ],
}

test('channels of one unit share a drawing, around the onset', () => {
  const [g, turn] = drawings(signal, onset)
  expect(g?.names).toEqual(['ax', 'ay'])
  expect(g?.x).toEqual([-1, -0.5, 0, 0.5])
  expect(turn?.unit).toBe('deg/s')
})

test('what was not measured is a gap, also at the end', () => {
  const [g, turn] = drawings(signal, onset)
  expect(g?.values[0]).toEqual([0, 1, null, 3])
  expect(turn?.values[0]).toEqual([10, null, null, null])
})

test('values that came now and then stand where they came', () => {
  const [d] = drawings({ ...signal, rate: 0, offsets: [0, 1.5, 60], channels: [{ name: 'spo2', unit: '%', values: [91, 89, 84] }] }, onset)
  expect(d?.x).toEqual([-1, 0.5, 59])
})

test('a signal without channels is no drawing', () => {
  expect(drawings({ ...signal, channels: [] }, onset)).toEqual([])
})
