// One alarm of each kind that sensors of a home raise, with the evidence that
// the detectors give it.
import type { Alarm } from '../../src/api/types'
import { alarm } from '../alarm'

type Feature = Alarm['evidence']['features'][number]

const f = (name: string, value: number, unit: string): Feature => ({ name, value, unit })

/** Evidence as the service tells it. */
export function evidence(rule: string, over: Partial<Alarm['evidence']> = {}): Alarm['evidence'] {
  return { rule, metric: '', unit: '1', value: 0, limit: 0, features: [], limits: [], hash: '1f3a9c0255d0e1b7', clock: 'synced', ...over }
}

const home = { resident: '', resident_name: '', room: '', bed: '', gateway: 'gw-2f', confidence: 1 }
const hazard = (metric: string) => evidence('hazard/1', { metric, value: 1, limit: 1, limits: [f('over', 30, 's'), ...(metric === 'water_leak' ? [f('urgent', 300, 's')] : [])] })
const climate = (value: number, limit: number) => evidence('climate/1', { metric: 'air_temperature', unit: 'Cel', value, limit, limits: [f('persist', 1800, 's'), f('hysteresis', 1, 'Cel')] })
const water = (value: number, limit: number, unit: string) =>
  evidence('water/3', { metric: 'water_flow', unit, value, limit, limits: [f('running', 3600, 's'), f('unused', 43200, 's'), f('least', 1, 'L'), f('tap', 0.5, 'L/min')] })
const lasts = [f('lasts', 10, 's')]

/** The alarms, each a minute older than the one before. */
export function everyKind(): Alarm[] {
  const all: Partial<Alarm>[] = [
    { kind: 'smoke', ...home, source: 'smoke-1', source_place: '厨房', evidence: hazard('smoke') },
    { kind: 'gas', ...home, source: 'gas-kitchen', evidence: hazard('gas') },
    { kind: 'carbon_monoxide', ...home, source: 'co-1', source_place: '203', evidence: hazard('carbon_monoxide') },
    { kind: 'water_leak', priority: 'medium', ...home, source: 'leak-bath', evidence: hazard('water_leak') },
    { kind: 'water_running', priority: 'medium', source: 'water-01', evidence: water(6.2, 0.5, 'L/min') },
    { kind: 'water_unused', priority: 'medium', source: 'water-01', evidence: water(0.2, 1, 'L/min') },
    { kind: 'room_hot', priority: 'low', source: 'climate-01', evidence: climate(33.5, 32) },
    { kind: 'room_cold', priority: 'low', source: 'climate-01', evidence: climate(13.2, 14) },
    { kind: 'call', source: 'button-01', evidence: evidence('call/1', { metric: 'button_press', value: 1, limit: 1, limits: [f('same_call', 5, 's')] }) },
    {
      kind: 'fall', state: 'suspected', ringing: false, source: 'thermal-01', confidence: 0.71,
      evidence: evidence('fall-thermal/1', {
        features: [f('logit', 0.9, '1'), f('upper', 1.4, 'Cel'), f('low', 2.71, '1'), f('floor', 0.62, '1'), f('drop', 1.52, '1'), f('lain', 9.5, 's')],
        limits: [f('suspect', -1, '1'), f('doubt', -2, '1'), f('sure', 0.5, '1'), f('hold', 0.25, 's'), f('up', 0.8, 's'), f('confirm', 10, 's')],
      }),
    },
    {
      kind: 'fall', source: 'wrist-01', confidence: 0.96,
      evidence: evidence('fall/3', {
        value: 3.4, limit: 1.6,
        features: [f('logit', 3.1, '1'), f('peak', 3.42, '[g]'), f('thud', 2.2, '[g]'), f('low', 0.31, '[g]'), f('turn', 71, 'deg'), f('reach', 62, 'deg'), f('sway', 0.21, '[g]'), f('late_turn', 74, 'deg'), f('last_sway', 0.03, '[g]'), f('drop', 0.62, 'm'), f('quiet_seconds', 12, 's'), f('active_seconds', 1, 's')],
        limits: [f('peak', 1.6, '[g]'), f('suspect', -1, '1'), f('believe', 0.8, '1'), f('sure', 4.2, '1'), f('quiet', 8, 's'), f('active', 5, 's'), f('thing_float', 0.25, 's'), f('thing_still', 3, 's')],
      }),
    },
    { kind: 'fall', source: 'radar-01', confidence: 0.8, evidence: evidence('fall-module/1', { metric: 'fall_detected', features: [f('said', 12, 's')], limits: [f('said_for', 10, 's'), f('back_for', 30, 's')] }) },
    {
      kind: 'apnoea', priority: 'medium', source: 'bed-01',
      evidence: evidence('apnoea/4', {
        features: [f('pause', 21, 's'), f('since_onset', 21, 's'), f('limit', 20, 's'), f('usual_interval', 4.1, 's'), f('usual_breath', 0.8, '1'), f('least_breath', 0.2, '1'), f('last_breath', 0.7, '1'), f('moves_now', 0.02, '1'), f('pauses_last_hour', 3, '1')],
      }),
    },
    { kind: 'power_lost', priority: 'medium', technical: true, ...home, source: 'mains-01', evidence: evidence('power/1', { metric: 'mains_power', features: [f('battery', 12.31, 'V')], limits: [f('lasts', 10, 's'), f('low', 11.5, 'V'), f('urgent', 7200, 's')] }) },
    { kind: 'radio_fault', priority: 'medium', technical: true, ...home, source: 'hci0', evidence: evidence('radio/1', { metric: 'radio_state', value: 3, features: [f('residents', 2, '1')], limits: [f('lasts', 300, 's')] }) },
    { kind: 'sensor_fault', priority: 'medium', technical: true, ...home, source: 'smoke-hall', evidence: evidence('hazard/1', { metric: 'smoke', value: 2, limits: lasts }) },
    { kind: 'line_fault', priority: 'medium', technical: true, ...home, source: 'gas-hall', evidence: evidence('line/1', { metric: 'gas', value: 3, limits: lasts }) },
    { kind: 'line_fault', priority: 'medium', technical: true, source: 'call-01', evidence: evidence('line/1', { metric: 'call_line', value: 2, limits: lasts }) },
    { kind: 'sensor_fault', priority: 'medium', technical: true, source: 'wrist-01', evidence: evidence('sensor/1', { metric: 'sensor_state', value: 1, limits: lasts }) },
    {
      kind: 'implausible', priority: 'medium', technical: true, source: 'bed-01',
      evidence: evidence('implausible/2', { features: [f('stuck', 1, '1'), f('bed_load', 1, '1'), f('channel', 0, '1'), f('still', 1800, 's')] }),
    },
    { kind: 'battery_low', priority: 'low', technical: true, source: 'band-01', evidence: evidence('battery/2', { metric: 'battery_level', unit: '%', features: [f('left', 14, '%'), f('days_left', 5.5, 'd'), f('days_told', 2, 'd')], limits: [f('days_left', 7, 'd'), f('overdue', 14, 'd')] }) },
    { kind: 'source_stale', priority: 'medium', technical: true, source: 'finger-01', evidence: evidence('pulseless/1', { metric: 'pulse_rate', features: [f('silence', 120, 's')], limits: [f('silence', 120, 's')] }) },
    { kind: 'not_worn', priority: 'low', technical: true, source: 'band-01', evidence: evidence('not-worn/3', { metric: 'wear_state', value: 3, features: [f('not_worn', 9000, 's')], limits: [f('not_worn', 7200, 's')] }) },
    { kind: 'gateway_lost', technical: true, ...home, source: 'gw-2f', evidence: evidence('gateway_lost/1', { value: 95, limit: 90 }) },
  ]
  return all.map((over, i) => {
    const onset = new Date(Date.now() - (i + 1) * 60_000).toISOString()
    return alarm({ id: i + 1, resident_name: '李国强', onset, decided_at: onset, raised_at: onset, ...over })
  })
}
