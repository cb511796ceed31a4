import { expect, test } from 'vitest'
import { parse } from './route.svelte'

test.each([
  ['/', { page: 'board' }],
  ['/residents/r1', { page: 'resident', id: 'r1' }],
  ['/residents/r%2F1', { page: 'resident', id: 'r/1' }],
  ['/residents/%zz', { page: 'resident', id: '%zz' }],
  ['/residents', { page: 'board' }],
  ['/alarms/12', { page: 'alarm', id: 12 }],
  ['/alarms/12x', { page: 'history' }],
  ['/alarms', { page: 'history' }],
  ['/gateways', { page: 'gateways' }],
  ['/nonsense/1', { page: 'board' }],
])('%s', (path, route) => {
  expect(parse(path)).toEqual(route)
})
