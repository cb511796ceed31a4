// What the service's names and numbers are called on the page.
import type { Alarm, Priority, Vital } from '../api/types'
import { type Key, type Translate, hasKey } from '../i18n/catalog'
import { length } from '../time/age'

/** The text of `family.name`, or the name itself where it is newer than this page. */
export function named(t: Translate, family: 'metric.' | 'kind.' | 'watched.' | 'close.' | 'step.' | 'feature.' | 'channel.', name: string): string {
  const key = family + name
  return hasKey(key) ? t(key) : name
}

const units: Record<string, string> = { '{count}': '', '[g].s': 'g·s', Cel: '°C', 'mm[Hg]': 'mmHg', '1': '', '{score}': '', '[g]': 'g', deg: '°', 'deg/s': '°/s', 'm/s2': 'm/s²', 'kg/m2': 'kg/m²', '[ppm]': 'ppm', 'dB[mW]': 'dBm' }

type Feature = Alarm['evidence']['features'][number]

/**
 * The name of a number in an alarm's evidence. Some rules mean something of
 * their own by a name: "low" of "fall-thermal/1". Some numbers are about
 * another: "points_systolic".
 */
export function feature(t: Translate, name: string, rule = ''): string {
  const own = rule.replace(/\/.*$/, '')
  for (const key of [`feature.${own}.${name}`, `feature.${own.replace(/-.*$/, '')}.${name}`, `feature.${name}`]) {
    if (hasKey(key)) return t(key)
  }
  const [, about = '', rest = ''] = /^([a-z]+)_(.+)$/.exec(name) ?? []
  const of = `feature.${about}_of`
  return hasKey(of) ? t(of, { what: feature(t, rest) }) : named(t, 'metric.', name)
}

/** What only is or is not. */
const flag = /^(out_of_range|stuck|partial|missing_.+)$/

/** A number of the evidence with its name: "Time still: 12 s", "Signal: Load on the bed". */
export function fact(t: Translate, f: Feature, rule: string, digits = 2): [name: string, value: string] {
  const wave = `wave.${f.name}`
  if (rule.startsWith('implausible/') && hasKey(wave)) return [t('feature.signal'), t(wave)]
  const name = feature(t, f.name, rule)
  if (flag.test(f.name)) return [name, t('feature.yes')]
  const seconds = { s: 1, min: 60, h: 3600, d: 86400 }[f.unit]
  if (seconds) return [name, length(f.value * seconds, t)]
  return [name, state(t, f.name, f.value) ?? `${number(f.value, digits)} ${unit(t, f.unit)}`.trim()]
}

/** The name of a channel of a signal, which may be that of a metric or one of many pixels. */
export function channel(t: Translate, name: string): string {
  const [, of = '', n = ''] = /^([a-z])(\d\d)$/.exec(name) ?? []
  if (of) return t(of === 'p' ? 'channel.pixel' : of === 'f' ? 'channel.cell' : 'channel.number', { n: Number(n) })
  const key = `channel.${name}`
  return hasKey(key) ? t(key) : named(t, 'metric.', name)
}

/** A UCUM unit as people write it. */
export function unit(t: Translate, ucum: string): string {
  return ucum === '/min' ? t('unit.per_min') : (units[ucum] ?? ucum)
}

const hazards = ['smoke', 'gas', 'carbon_monoxide', 'water_leak']
const lines = ['call_line', 'line_state']

/** What a state means in words, as "open" of a door; undefined where the value is a number. */
export function state(t: Translate, metric: string, value: number): string | undefined {
  const of = hazards.includes(metric) ? 'hazard' : lines.includes(metric) ? 'line' : metric
  const key = `state.${of}.${value}`
  return hasKey(key) ? t(key) : undefined
}

/** A number with at most `digits` decimals and no trailing zeros. */
export function number(value: number, digits = 1): string {
  return String(Number(value.toFixed(digits)))
}

/** Which text says what happened: some kinds have several. */
function kindKey({ kind, evidence }: Pick<Alarm, 'kind' | 'evidence'>): Key {
  const { metric, value, limit } = evidence
  if (kind === 'long_lie' && limit >= 60) return 'kind.long_lie_hour' // minutes: told again, and more urgently
  if (kind === 'sensor_fault' && hazards.includes(metric)) return 'kind.detector_fault'
  if (kind === 'line_fault' && hazards.includes(metric)) return 'kind.detector_line_fault'
  if (kind === 'line_fault' && metric !== '' && metric !== 'call_line') return 'kind.wire_fault'
  if (kind === 'not_worn' && value === 3) return 'kind.not_worn_charging'
  if (kind === 'source_stale' && metric === 'pulse_rate') return 'kind.pulse_lost' // it touches the skin and finds none
  return hasKey(`kind.${kind}`) ? `kind.${kind}` : 'kind.other'
}

/** What an alarm's kind is about: a metric, or a waveform. */
function about(t: Translate, { metric, features }: Alarm['evidence']): string {
  if (metric) return named(t, 'metric.', metric)
  const wave = features.map(({ name }) => `wave.${name}`).find(hasKey)
  return t(wave ?? 'metric.vital')
}

/** What happened: "Fall", "SpO₂ too low", "Suspected: Fall". */
export function what(t: Translate, alarm: Pick<Alarm, 'kind' | 'state' | 'evidence'>): string {
  const text = t(kindKey(alarm), { metric: about(t, alarm.evidence) })
  return alarm.state === 'suspected' ? t('alarm.suspected', { what: text }) : text
}

/** What to do about it, for kinds that are not about a person at hand; or nothing. */
export function advice(t: Translate, { kind, evidence }: Pick<Alarm, 'kind' | 'evidence'>): string {
  const faulty = (kind === 'sensor_fault' || kind === 'line_fault') && hazards.includes(evidence.metric)
  const lost = kindKey({ kind, evidence }) === 'kind.pulse_lost'
  const key = faulty ? 'advice.detector' : lost ? 'advice.pulse_lost' : `advice.${kind}`
  return hasKey(key) ? t(key) : ''
}

/** Where a resident is: "2F Room 203, bed 1". */
export function where(t: Translate, at: { place: string; room: string; bed: string }): string {
  const { place, room, bed } = at
  if (room && bed) return `${place} ${t('place.room_bed', { room, bed })}`.trim()
  return [place, room && t('place.room', { room }), bed && t('place.bed', { bed })].filter(Boolean).join(' ')
}

/** Whom an alarm is about; of the home, where it is. */
export function who(t: Translate, alarm: Whose): string {
  const gateway = t('alarm.gateway', { id: alarm.gateway })
  if (alarm.resident) return alarm.resident_name || alarm.resident
  return alarm.kind === 'gateway_lost' ? gateway : where(t, alarm) || gateway
}

/** Where that is: the place of a resident, or which sensor of the home speaks, and where it is. */
export function at(t: Translate, alarm: Whose): string {
  if (alarm.resident || alarm.kind === 'gateway_lost') return where(t, alarm)
  return [alarm.source_place, alarm.source].filter(Boolean).join(' · ')
}

type Whose = Pick<Alarm, 'kind' | 'resident' | 'resident_name' | 'gateway' | 'place' | 'room' | 'bed' | 'source' | 'source_place'>

/** How an alarm ended, in words: a fault is put right, a danger removed, a person helped. */
export function ending(t: Translate, alarm: Pick<Alarm, 'technical' | 'resident'>, resolution: string): string {
  if (resolution !== 'helped') return named(t, 'close.', resolution)
  return t(alarm.technical ? 'close.fixed' : alarm.resident ? 'close.helped' : 'close.cleared')
}

/** The vital sign or the warmth of a room that crossed its limit, what a faulty thing says, or the score, never a partial one as a whole, or nothing: "84 %, limit 88 %". */
export function crossed(t: Translate, { kind, evidence }: Pick<Alarm, 'kind' | 'evidence'>): string {
  if (kind === 'early_warning' && evidence.metric) {
    const partial = evidence.features.some(({ name, value }) => name === 'partial' && value > 0)
    return t(partial ? 'alarm.score_partial' : 'alarm.score', { value: number(evidence.value) })
  }
  if (kindKey({ kind, evidence }) === 'kind.detector_fault') return '' // said already
  if (faults.includes(kind) && evidence.value > 0) return state(t, evidence.metric, evidence.value) ?? ''
  if (kind === 'water_running' && evidence.value > 0) return `${number(evidence.value)} ${unit(t, evidence.unit)}`
  const left = kind === 'battery_low' && evidence.features.find(({ name }) => name === 'left' || name === 'days_left')
  if (left) return fact(t, left, evidence.rule, 0).join(t('alarm.colon'))
  if (!['vital_high', 'vital_low', 'room_hot', 'room_cold'].includes(kind)) return ''
  return t('alarm.value', { value: number(evidence.value), limit: number(evidence.limit), unit: unit(t, evidence.unit) }).replace(/ +(?=[,，]|$)/g, '')
}

const faults = ['sensor_fault', 'line_fault', 'radio_fault']

/** The word of a priority. */
export function priorityWord(t: Translate, priority: Priority): string {
  return t(`priority.${priority}`)
}

/** The marks of IEC 60601-1-8: as many as the matter is urgent. */
export const marks: Record<Priority, string> = { high: '!!!', medium: '!!', low: '!' }

/** Whether a value is of a quality that no clinical rule judges. */
export function unsure(vital: Vital): boolean {
  return vital.quality < 50
}

/** The three numbers of a tile: heart or pulse (the better one), oxygen, breathing. */
export function tile(vitals: Vital[]): { metric: string; vital: Vital | undefined }[] {
  const find = (metric: string) => vitals.find((vital) => vital.metric === metric && vital.value !== null)
  const [heart, pulse] = [find('heart_rate'), find('pulse_rate')]
  const worth = (vital: Vital) => (vital.stale ? 0 : unsure(vital) ? 1 : 2)
  const rate = !heart || (pulse && worth(pulse) > worth(heart)) ? pulse : heart
  return [
    { metric: rate?.metric ?? 'heart_rate', vital: rate },
    { metric: 'spo2', vital: find('spo2') },
    { metric: 'respiratory_rate', vital: find('respiratory_rate') },
  ]
}
