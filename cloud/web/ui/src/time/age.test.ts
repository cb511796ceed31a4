import { expect, test } from 'vitest'
import { type Language, translate } from '../i18n/catalog'
import { age, clockTime, dayTime, elapsed } from './age'

const speak = (language: Language) => (seconds: number) => age(seconds, (key, params) => translate(language, key, params))

test.each([
  [-3, '0 s', '0 秒'],
  [59.9, '59 s', '59 秒'],
  [60, '1 min', '1 分钟'],
  [3599, '59 min', '59 分钟'],
  [3600, '1 h', '1 小时'],
  [47.9 * 3600, '47 h', '47 小时'],
  [48 * 3600, '2 d', '2 天'],
])('an age of %d seconds', (seconds, en, zh) => {
  expect(speak('en')(seconds)).toBe(en)
  expect(speak('zh-CN')(seconds)).toBe(zh)
})

test('a running clock has hours only when it needs them', () => {
  expect([-1, 42, 725, 3723].map(elapsed)).toEqual(['0:00', '0:42', '12:05', '1:02:03'])
})

test('the time of day has 24 hours, and the date when it is another day', () => {
  const at = new Date(2026, 10, 22, 2, 3, 5)
  expect(clockTime(at)).toBe('02:03:05')
  expect(clockTime(new Date(2026, 10, 22, 14, 3, 5), false)).toBe('14:03')
  expect(dayTime(at, new Date(2026, 10, 22, 9))).toBe('02:03:05')
  expect(dayTime(at, new Date(2026, 10, 23, 9))).toBe('2026-11-22 02:03:05')
})
