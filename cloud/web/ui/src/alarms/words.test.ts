import { expect, test } from 'vitest'
import { alarm } from '../../test/alarm'
import { everyKind } from '../../test/page/kinds'
import type { Vital } from '../api/types'
import { type Translate, translate } from '../i18n/catalog'
import { advice, at, channel, crossed, ending, fact, feature, state, tile, unit, what, where, who } from './words'

const en: Translate = (key, params) => translate('en', key, params)
const zh: Translate = (key, params) => translate('zh-CN', key, params)

const low = alarm({
  kind: 'vital_low',
  evidence: { rule: 'vital/1', metric: 'spo2', unit: '%', value: 83.96, limit: 88, features: [], hash: '', clock: '', limits: [] },
})

test('what happened is said in words', () => {
  expect([what(en, alarm()), what(zh, alarm())]).toEqual(['Fall', '跌倒'])
  expect([what(en, low), what(zh, low)]).toEqual(['SpO₂ too low', '血氧饱和度过低'])
  expect([what(en, alarm({ state: 'suspected' })), what(zh, alarm({ state: 'suspected' }))]).toEqual(['Suspected: Fall', '疑似跌倒'])
  expect(what(en, alarm({ kind: 'flood' as 'other' }))).toBe('Alarm of an unknown kind')
  const lies = (limit: number) => alarm({ kind: 'long_lie', evidence: { ...low.evidence, limit } })
  expect([what(en, lies(5)), what(en, lies(60)), what(zh, lies(60))]).toEqual(['On the floor since a fall', 'On the floor for more than an hour', '倒地已超过一小时'])
})

test('D7: a partial score is never said as a whole one', () => {
  const score = (features: { name: string; value: number; unit: string }[]) =>
    alarm({ kind: 'early_warning', evidence: { rule: 'news2/1', metric: 'news2', unit: '{score}', value: 7, limit: 7, features, hash: '', clock: '', limits: [] } })
  const [whole, partial] = [score([]), score([{ name: 'partial', value: 1, unit: '1' }])]
  expect([crossed(en, whole), crossed(zh, whole)]).toEqual(['Score 7', '评分 7'])
  expect([crossed(en, partial), crossed(zh, partial)]).toEqual(['Partial score: at least 7, not all is known', '评分不完整：至少 7 分，部分参数未知'])
})

test('what crossed its limit is said with both numbers', () => {
  expect([crossed(en, low), crossed(zh, low)]).toEqual(['84 %, limit 88 %', '84 %，限值 88 %'])
  const hot = alarm({ kind: 'room_hot', evidence: { ...low.evidence, rule: 'climate/1', metric: 'air_temperature', unit: 'Cel', value: 33.5, limit: 32 } })
  expect([what(en, hot), crossed(en, hot)]).toEqual(['Room dangerously hot', '33.5 °C, limit 32 °C'])
  expect([what(zh, hot), crossed(zh, hot)]).toEqual(['室温过高（中暑风险）', '33.5 °C，限值 32 °C'])
  expect(crossed(en, alarm())).toBe('')
})

test('who and where', () => {
  expect([where(en, alarm()), where(zh, alarm())]).toEqual(['2F Room 203, bed 1', '2F 203 室 1 床'])
  expect(where(en, { place: '', room: '7', bed: '' })).toBe('Room 7')
  expect([who(en, alarm()), at(en, alarm())]).toEqual(['王秀兰', '2F Room 203, bed 1'])
  const smoke = alarm({ kind: 'smoke', resident: '', resident_name: '', room: '', bed: '', gateway: 'gw-2', source: 'smoke-kitchen' })
  expect([who(en, smoke), at(en, smoke)]).toEqual(['2F', 'smoke-kitchen'])
  expect(at(zh, { ...smoke, source: 'smoke-1', source_place: '厨房' })).toBe('厨房 · smoke-1')
  expect(who(en, { ...smoke, place: '' })).toBe('Gateway gw-2')
  const lost = { ...smoke, kind: 'gateway_lost' as const, source: 'gw-2' }
  expect([who(en, lost), at(en, lost)]).toEqual(['Gateway gw-2', '2F'])
})

test('a tile shows the pulse where the heart rate is missing or older', () => {
  const vital = (metric: string, stale: boolean, quality = 90): Vital => ({ metric, unit: '/min', value: 70, quality, age_s: 1, stale, implausible: false })
  const shown = (...vitals: Vital[]) => tile(vitals)[0]
  expect(shown(vital('heart_rate', false), vital('pulse_rate', false))?.metric).toBe('heart_rate')
  expect(shown(vital('heart_rate', true), vital('pulse_rate', false))?.metric).toBe('pulse_rate')
  expect(shown(vital('heart_rate', true))?.vital?.stale).toBe(true)
  expect(shown(vital('heart_rate', false, 30), vital('pulse_rate', false))?.metric).toBe('pulse_rate')
  expect(shown(vital('heart_rate', false, 30), vital('pulse_rate', true))?.metric).toBe('heart_rate')
  expect(shown()).toEqual({ metric: 'heart_rate', vital: undefined })
})

test('a state has words in both languages', () => {
  expect([state(en, 'door', 1), state(zh, 'door', 0)]).toEqual(['open', '关'])
  expect([state(en, 'smoke', 2), state(zh, 'gas', 1)]).toEqual(['detector faulty', '报警'])
  expect(state(en, 'heart_rate', 1)).toBeUndefined()
  expect(state(en, 'door', 7)).toBeUndefined()
})

test('a number of the evidence has a name, also where it is about another', () => {
  expect([feature(en, 'respond_within'), feature(zh, 'respond_within')]).toEqual(['Somebody has to come within', '须在此时间内到场'])
  expect([feature(en, 'points_systolic'), feature(zh, 'missing_oxygen')]).toEqual(['Systolic pressure: points', '吸氧：未知'])
  expect(feature(en, 'spread_time_in_bed')).toBe('Time in bed: usual spread')
  expect([feature(en, 'spo2'), feature(en, 'newer_than_this_page')]).toEqual(['SpO₂', 'newer_than_this_page'])
})

test('a fault says of what it is, and what is wrong', () => {
  const said = (kind: 'sensor_fault' | 'line_fault' | 'radio_fault' | 'not_worn' | 'source_stale', metric: string, value: number) => {
    const one = alarm({ kind, technical: true, evidence: { ...low.evidence, rule: 'x/1', metric, value, limit: 0 } })
    return [what(en, one), crossed(en, one), what(zh, one)]
  }
  expect(said('sensor_fault', 'smoke', 2)).toEqual(['Smoke detector faulty', '', '烟雾探测器故障'])
  expect(said('line_fault', 'gas', 3)).toEqual(['Gas detector: line faulty', 'line cut or shorted', '燃气探测器线路故障'])
  expect(said('line_fault', 'call_line', 3)).toEqual(['Call line faulty', 'shorted', '呼叫线路故障'])
  expect(said('line_fault', 'line_state', 2)).toEqual(['Sensor line faulty', 'cut, or the plug is out', '传感器线路故障'])
  expect(said('sensor_fault', 'sensor_state', 1)).toEqual(['Sensor faulty', 'does not answer', '传感器故障'])
  expect(said('radio_fault', 'radio_state', 3)[1]).toBe('a restart did not help')
  expect([said('source_stale', '', 0)[0], said('source_stale', 'pulse_rate', 0)[0]]).toEqual(['Sensor silent', 'Pulse no longer found'])
  expect([said('not_worn', 'wear_state', 2)[0], said('not_worn', 'wear_state', 3)[0]]).toEqual(['Band not worn', 'Band on the charger for too long'])
})

test('a number of the evidence is said with its unit, as its rule means it', () => {
  const said = (name: string, value: number, unit: string, rule = 'x/1') => fact(en, { name, value, unit }, rule).join(': ')
  expect(said('low', 0.31, '[g]', 'fall-wrist/2')).toBe('Lowest before the impact: 0.31 g')
  expect(said('low', 2.7, '1', 'fall-thermal/1')).toBe('Middle of the warmth (row 0 top, 3 bottom): 2.7')
  expect(said('low', 11.5, 'V', 'power/1')).toBe('Battery low from: 11.5 V')
  expect(said('not_worn', 9000, 's')).toBe('Not worn for: 2.5 h')
  expect(said('days_left', 5.5, 'd')).toBe('Days left (estimated): 5.5 d')
  expect(said('stuck', 1, '1')).toBe('The value does not move: yes')
  expect(said('bed_load', 1, '1', 'implausible/2')).toBe('Signal: Load on the bed')
  expect(said('consciousness', 2, '1', 'news2/1')).toBe('Consciousness (ACVPU): responds to voice')
  expect([channel(en, 'p07'), channel(en, 'ax'), channel(en, 'heart_rate'), unit(en, '{count}')]).toEqual(['Pixel 7', 'Acceleration x', 'Heart rate', ''])
})

test('no kind shows a raw name', () => {
  for (const one of everyKind()) {
    for (const t of [en, zh]) {
      const { rule, features, limits } = one.evidence
      const shown = [what(t, one), crossed(t, one), ...[...features, ...limits].map((f) => fact(t, f, rule).join(' '))].join('\n')
      expect(shown).not.toMatch(/\w_\w|[{}[\]]/)
      for (const { name } of [...features, ...limits]) expect(fact(t, { name, value: 1, unit: '1' }, rule)[0]).not.toBe(name)
    }
  }
})

test('what endangers a home says what to do, and ends as a danger does', () => {
  for (const kind of ['smoke', 'gas', 'carbon_monoxide', 'water_leak', 'power_lost'] as const) {
    const one = alarm({ kind, resident: '' })
    expect(advice(en, one)).not.toBe('')
    expect(advice(zh, one)).not.toBe('')
  }
  expect(advice(en, alarm())).toBe('')
  expect(ending(en, alarm(), 'helped')).toBe('The resident was helped')
  expect(ending(en, alarm({ resident: '' }), 'helped')).toBe('The danger is over')
  expect(ending(en, alarm({ technical: true }), 'helped')).toBe('Put right')
})
